// The order form.
import * as api from "./api.js";
import { announce, h } from "./dom.js";
import { choiceField, fixed, gridField, rangeField, sizeField, textField } from "./fields.js";
import { Order, remember } from "./order.js";
import { originField } from "./origin.js";
import { duration, trouble } from "./words.js";

const EXAMPLES = ["a red ball bounces under a blue sky", "a yellow star spins in a dark sky", "a green leaf drifts over water"];
/** Of English; only the server can count. */
const WORDS_PER_TOKEN = 0.65;
/** The control of each field of the API. */
const CONTROLS = { prompt: "prompt", negative_prompt: "negative", model: "model", size: "size", width: "width", height: "height",
  num_frames: "frames", seconds: "frames", num_inference_steps: "steps", guidance_scale: "guidance", scheduler: "scheduler",
  upscale: "upscale", interpolate_to_fps: "interpolate",
  seed: "seed", n: "clips", input_reference: "input_reference", last_frame: "last_frame", video: "video", strength: "strength" };

/**
 * @param given settings to begin with, as if they had been chosen
 * @param origin the video to vary or to continue, and which of them, if there is one
 * @param ordered is called with the first of the videos that were ordered
 */
export function compose(can, { prompt = "", ...given }, origin, ordered) {
  const order = new Order(can.models, given);
  const sentence = sentenceField(prompt, () => changed());
  const start = originField(can, origin, () => { paint(); changed(); });
  const fields = h("div", { class: "fields" });
  const more = h("div", { class: "fields" });
  const about = h("p", { class: "small quiet" });
  const reset = h("button", { class: "plain", type: "button", onclick: () => { order.clear(); paint(); changed(); } }, "Usual settings");
  const note = h("p", { class: "small quiet", role: "status", hidden: true });
  const estimate = h("p", { class: "quiet small", "aria-live": "off" });
  const complaint = h("p", { class: "notice bad", id: "complaint", role: "alert", hidden: true });
  const send = h("button", { class: "primary", type: "submit", "aria-keyshortcuts": "Control+Enter" }, "Begin");
  const body = () => order.body(sentence.text(), start.how(), start.fields());
  const forecast = forecastOf(estimate, order, body);
  let key = api.newKey();

  /** Shows the fields of the model as it is now, and lets go of what it can't do. */
  function paint() {
    const focused = document.activeElement?.id;
    start.fit(order.model);
    say(order.letGo(start.how()));
    fields.replaceChildren(...mainFields(can, order, start.how(), paint).filter(Boolean));
    more.replaceChildren(...moreFields(order, paint).filter(Boolean));
    about.textContent = `${order.model.id} ${order.model.version}, ${order.model.fps} frames per second`;
    document.getElementById(focused)?.focus({ preventScroll: true });
  }
  function say(text) {
    note.hidden = text === "";
    note.textContent = text;
  }
  function changed() {
    key = api.newKey();
    reset.hidden = order.isUsual;
    if (!origin.source) remember({ prompt: sentence.text(), ...order.chosen });
    sentence.count(order.model);
    complain(element, complaint, null);
    forecast.paint();
  }
  async function submit() {
    const problem = order.problem(sentence.text()) ?? start.problem();
    complain(element, complaint, problem);
    if (problem) return;
    try {
      const made = await api.submit(start.how(), body(), key, start.files());
      key = api.newKey();
      if (made.batch) say(`${made.batch.length} clips are ordered, and in the workshop.`);
      else announce("Your clip is ordered.");
      ordered(made);
    } catch (failure) {
      // A refusal is the last word on an order; without an answer, the same one is asked for again.
      if (failure.status >= 400 && failure.status < 500) key = api.newKey();
      complain(element, complaint, failure);
    }
  }

  const element = h("form", { class: "slab compose", "aria-labelledby": "compose-title", novalidate: true,
    onsubmit: once(send, submit), oninput: () => changed(), onkeydown: event => beginByKey(event, send) },
    h("h2", { class: "visually-hidden", id: "compose-title" }, "A new clip"),
    sentence.element, start.element, fields, note,
    h("details", { open: "seed" in given },
      h("summary", {}, "Steps, guidance and noise"), more, h("div", { class: "row apart" }, about, reset)),
    h("div", { class: "send" }, complaint, h("div", { class: "row apart" }, estimate,
      h("div", { class: "row" }, h("kbd", { class: "small quiet", "aria-hidden": "true" }, "Ctrl + Enter"), send))));
  paint();
  changed();
  return { element, update: forecast.update };
}

/** What is to be shown, with examples, and its length once that matters. */
function sentenceField(prompt, changed) {
  const area = h("textarea", { class: "sentence", id: "prompt", name: "prompt", rows: "2", dir: "auto", "aria-describedby": "long",
    placeholder: EXAMPLES[0] }, prompt);
  const long = h("p", { class: "small quiet count", id: "long" });
  const example = text => h("button", { type: "button", onclick: () => { area.value = text; changed(); area.focus(); } }, text);
  return {
    element: [h("div", {}, h("label", { for: "prompt" }, "The sentence"), area, long),
      h("div", { class: "chips", role: "group", "aria-label": "Examples" }, EXAMPLES.map(example))],
    text: () => area.value.trim(),
    /** Says how long it is, if the model may not read all of it. */
    count({ id, limits: { max_prompt_chars: most, max_prompt_tokens: tokens = Infinity } }) {
      const text = area.value.trim();
      const written = [...text].length;
      const words = Math.floor(WORDS_PER_TOKEN * tokens);
      long.textContent = written > 0.8 * most ? `${written} of ${most} characters`
        : text.split(/\s+/).length > words ? `${id} reads the first ${tokens} tokens, some ${words} words.` : "";
      long.classList.toggle("over", written > most);
    },
  };
}

/** The fields that most orders are about. */
function mainFields(can, order, how, repaint) {
  const { model, effective, chosen } = order;
  const { range, value } = order.lengths(how);
  const clips = Array.from({ length: how === "create" ? can.max_videos_per_request : 1 }, (_, at) =>
    [String(at + 1), at === 0 ? "1 clip" : `${at + 1}, each its own noise`]);
  return [
    choiceField("model", "Model", can.models.map(({ id }) => [id, id]), model.id, id => { order.choose("model", id); repaint(); }),
    sizeField(model.limits, model.defaults, effective, ({ width, height }) => { order.choose("width", width); order.choose("height", height); }),
    gridField("frames", how === "extend" ? "Longer by" : "Length", range, value,
      frames => `${(frames / model.fps).toFixed(1)} s (${frames} frames)`, frames => order.choose("num_frames", frames)),
    choiceField("clips", "Clips", clips, String(chosen.n ?? 1), n => order.choose("n", n === "1" ? undefined : Number(n)))];
}

/** The fields of those who know how clips are made. */
function moreFields(order, repaint) {
  const { model, effective, chosen } = order;
  const set = name => value => order.choose(name, value);
  return [
    order.fixedSteps === undefined
      ? rangeField("steps", "Steps", model.limits.num_inference_steps, effective.num_inference_steps, set("num_inference_steps"))
      : fixed("Steps", order.fixedSteps, "as this scheduler goes"),
    rangeField("guidance", "Guidance", { min: 0, max: model.limits.max_guidance_scale, step: 0.1 }, effective.guidance_scale, set("guidance_scale")),
    choiceField("scheduler", "Scheduler", model.schedulers.map(name => [name, name]), effective.scheduler,
      name => { order.choose("scheduler", name); repaint(); }),
    choiceField("upscale", "Enlarge", model.limits.scales.map(scale => [String(scale), scale === 1 ? "no" : `${scale} times`]),
      String(chosen.upscale ?? 1), scale => order.choose("upscale", scale === "1" ? undefined : Number(scale))),
    model.limits.max_interpolated_fps === model.fps ? null
      : rangeField("interpolate", "Frames per second", { min: model.fps, max: model.limits.max_interpolated_fps, step: 1 },
        effective.interpolate_to_fps ?? model.fps, fps => order.choose("interpolate_to_fps", fps === model.fps ? undefined : fps)),
    textField("seed", "Seed", chosen.seed ?? "", seed => order.choose("seed", seed.trim() || undefined),
      { inputmode: "numeric", placeholder: "chosen for you", note: "The same seed begins with the same noise." }),
    // Nothing is a choice, too, where the model has something there.
    textField("negative", "Not in the clip", effective.negative_prompt,
      text => order.choose("negative_prompt", text === model.defaults.negative_prompt ? undefined : text), { dir: "auto" })];
}

/** How long the order will take, and how long it will wait. */
function forecastOf(element, order, body) {
  let paces = {};
  let queue = 0;
  function paint() {
    const seconds = order.seconds(paces[order.model.id]);
    const { n } = body();
    element.textContent = seconds === null ? "How long it takes shows after the first clip."
      : `About ${duration(seconds)}${n > 1 ? ` for each of ${n} clips` : ""}${queue > 0 ? `, after about ${duration(queue)} in the queue` : ""}`;
  }
  function update({ pace, videos, open }) {
    paces = pace;
    const longest = videos.reduce((most, video) => Math.max(most, video.job?.eta_seconds ?? 0), 0);
    // The server names the first of a long queue only.
    queue = videos.length ? longest * open / videos.length : 0;
    paint();
  }
  return { paint, update };
}

/** Says what is wrong, at the field that it is about; null takes it back. */
function complain(form, complaint, problem) {
  for (const old of form.querySelectorAll("[aria-invalid]")) {
    old.removeAttribute("aria-invalid");
    old.removeAttribute("aria-errormessage");
  }
  complaint.hidden = problem === null;
  if (problem === null) return;
  const { field, text } = trouble(problem);
  complaint.textContent = text;
  const named = Object.hasOwn(CONTROLS, field) ? form.querySelector(`#${CONTROLS[field]}`) : null;
  const details = named?.closest("details");
  if (details) details.open = true;
  // A side of a size that was chosen as a whole is out of sight.
  const control = named?.closest("[hidden]") ? form.querySelector("#size") : named;
  if (!control) return;
  control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-errormessage", complaint.id);
  control.focus();
}

/** Sends a form, and not again before there is an answer. */
function once(button, submit) {
  let isSending = false;
  return async event => {
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    button.setAttribute("aria-disabled", "true");
    await submit().finally(() => {
      isSending = false;
      button.removeAttribute("aria-disabled");
    });
  };
}

function beginByKey(event, button) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  button.form.requestSubmit(button);
}
