// The order. Only what somebody chose is sent: the rest is the model's, whichever model and scheduler it is.
import * as api from "./api.js";
import { announce, h } from "./dom.js";
import { choiceField, fixed, gridField, has, rangeField, sizeField, textField } from "./fields.js";
import { originField } from "./origin.js";
import { duration, trouble } from "./words.js";

const EXAMPLES = ["a red ball bounces under a blue sky", "a yellow star spins in a dark sky", "a green leaf drifts over water"];
const STORED = "galatea.order";
const SEED_RANGE = [-(2n ** 63n), 2n ** 63n - 1n];
/** The control of each field of the API. */
const CONTROLS = { prompt: "prompt", negative_prompt: "negative", model: "model", size: "size", width: "width", height: "height",
  num_frames: "frames", seconds: "frames", num_inference_steps: "steps", guidance_scale: "guidance", scheduler: "scheduler",
  seed: "seed", n: "clips", input_reference: "input_reference", last_frame: "last_frame", video: "video", strength: "strength" };

/** What was asked for at the last visit. */
export function remembered() {
  try {
    return JSON.parse(localStorage.getItem(STORED)) ?? {};
  } catch {
    return {};
  }
}

function remember(order) {
  try {
    localStorage.setItem(STORED, JSON.stringify(order));
  } catch {
    // A browser may keep nothing for pages.
  }
}

/** The settings of a video as an order; what was continued is longer than one order can be. */
export function settingsOf(made) {
  const [width, height] = made.size.split("x").map(Number);
  const order = {
    prompt: made.prompt, model: made.model, width, height,
    num_frames: made.job?.made_from?.by === "extension" ? undefined : made.num_frames,
    num_inference_steps: made.num_inference_steps, guidance_scale: made.guidance_scale,
    negative_prompt: made.job?.negative_prompt, seed: made.seed === undefined ? undefined : String(made.seed),
    scheduler: made.job?.scheduler,
  };
  return Object.fromEntries(Object.entries(order).filter(([, value]) => value !== undefined && value === value));
}

/** The one number of steps that a scheduler goes; undefined if any may be asked for. */
const fixedSteps = (model, scheduler) => model.scheduler_steps?.[scheduler ?? model.schedulers[0]];

/** How many frames an order can ask for: of a continuation, those that are added. */
const lengths = (model, how) => how === "extend" && model.added_frames ? model.added_frames : model.limits.num_frames;

/** Whether what was chosen goes with a model. */
const FITS = {
  size: ({ limits }, { width, height }) => width === undefined || (has(limits.width, width) && has(limits.height, height)),
  num_frames: (model, { num_frames: frames }, how) => frames === undefined || has(lengths(model, how), frames),
  scheduler: (model, { scheduler }) => scheduler === undefined || model.schedulers.includes(scheduler),
  num_inference_steps: (model, { scheduler, num_inference_steps: steps }) => steps === undefined
    || has(model.limits.num_inference_steps, steps) && [undefined, steps].includes(fixedSteps(model, scheduler)),
  guidance_scale: ({ limits }, { guidance_scale: scale }) => scale === undefined || scale <= limits.max_guidance_scale,
};
const NAMES = { size: "size", num_frames: "length", scheduler: "scheduler", num_inference_steps: "steps", guidance_scale: "guidance" };

/**
 * @param given settings to begin with, as if they had been chosen
 * @param origin the video to vary or to continue, and which of them, if there is one
 * @param ordered is called with the first of the videos that were ordered
 */
export function compose(can, given, origin, ordered) {
  const { prompt = "", ...chosen } = given;
  let model = null;
  let pace = null;
  let queue = 0;
  let key = api.newKey();
  let isSending = false;

  const sentence = h("textarea", { class: "sentence", id: "prompt", name: "prompt", rows: "2", dir: "auto",
    "aria-describedby": "long", placeholder: EXAMPLES[0] }, prompt);
  const long = h("p", { class: "small quiet count", id: "long" });
  const fields = h("div", { class: "fields" });
  const more = h("div", { class: "fields" });
  const about = h("p", { class: "small quiet" });
  const reset = h("button", { class: "plain", type: "button", onclick: () => clear() }, "Usual settings");
  const details = h("details", { open: "seed" in chosen },
    h("summary", {}, "Steps, guidance and noise"), more, h("div", { class: "row apart" }, about, reset));
  const note = h("p", { class: "small quiet", role: "status", hidden: true });
  const estimate = h("p", { class: "quiet small", "aria-live": "off" });
  const complaint = h("p", { class: "notice bad", id: "complaint", role: "alert", hidden: true });
  const send = h("button", { class: "primary", type: "submit", "aria-keyshortcuts": "Control+Enter" }, "Begin");
  const start = originField(can, origin, () => { paint(); changed(); });
  const frameCount = frames => `${(frames / model.fps).toFixed(1)} s (${frames} frames)`;

  const choose = (name, value) => {
    if (value === undefined || value === "") delete chosen[name];
    else chosen[name] = value;
  };
  const set = name => value => choose(name, value);
  const anew = name => value => { choose(name, value); paint(); };
  const effective = () => ({ ...model.defaults, scheduler: model.schedulers[0], ...chosen });

  /** Shows the fields of the model as it is now, and lets go of what it can't do. */
  function paint() {
    const focused = document.activeElement?.id;
    model = can.models.find(candidate => candidate.id === chosen.model) ?? can.models[0];
    const gone = chosen.model !== undefined && chosen.model !== model.id ? [`${chosen.model} isn't served here.`] : [];
    if (gone.length) delete chosen.model;
    start.fit(model);
    const left = letGo();
    say([...gone, ...(left.length ? [`${model.id} can't do what was chosen, so this is as usual again: ${left.join(", ")}.`] : [])].join(" "));
    const { limits } = model;
    const now = effective();
    const how = start.how();
    const range = lengths(model, how);
    const usual = how === "extend" ? Math.max(range.min, model.defaults.num_frames - (limits.num_frames.max - range.max)) : now.num_frames;
    fields.replaceChildren(...[
      choiceField("model", "Model", can.models.map(({ id }) => [id, id]), model.id, anew("model")),
      sizeField(limits, model.defaults, now, size => Object.assign(chosen, size)),
      gridField("frames", how === "extend" ? "Longer by" : "Length", range, chosen.num_frames ?? usual, frameCount, set("num_frames")),
      how !== "create" || can.max_videos_per_request < 2 ? null : choiceField("clips", "Clips",
        Array.from({ length: can.max_videos_per_request }, (_, at) => [String(at + 1), at === 0 ? "1 clip" : `${at + 1}, each its own noise`]),
        String(chosen.n ?? 1), value => choose("n", value === "1" ? undefined : Number(value)))].filter(Boolean));
    more.replaceChildren(...[
      fixedSteps(model, now.scheduler) === undefined
        ? rangeField("steps", "Steps", limits.num_inference_steps, now.num_inference_steps, set("num_inference_steps"))
        : fixed("Steps", fixedSteps(model, now.scheduler), "as this scheduler goes"),
      rangeField("guidance", "Guidance", { min: 0, max: limits.max_guidance_scale, step: 0.1 }, now.guidance_scale, set("guidance_scale")),
      choiceField("scheduler", "Scheduler", model.schedulers.map(name => [name, name]), now.scheduler, anew("scheduler")),
      textField("seed", "Seed", chosen.seed ?? "", value => choose("seed", value.trim()),
        { inputmode: "numeric", placeholder: "chosen for you", note: "The same seed begins with the same noise." }),
      // Nothing is a choice, too, where the model has something there.
      textField("negative", "Not in the clip", now.negative_prompt, value => {
        chosen.negative_prompt = value;
        if (value === model.defaults.negative_prompt) delete chosen.negative_prompt;
      }, { dir: "auto" })].filter(Boolean));
    about.textContent = `${model.id} ${model.version}, ${model.fps} frames per second`;
    document.getElementById(focused)?.focus({ preventScroll: true });
  }
  function say(text) {
    note.hidden = text === "";
    note.textContent = text;
  }
  function letGo() {
    return Object.keys(FITS).filter(name => {
      if (FITS[name](model, chosen, start.how())) return false;
      for (const field of name === "size" ? ["width", "height"] : [name]) delete chosen[field];
      return true;
    }).map(name => NAMES[name]);
  }
  function clear() {
    for (const name of Object.keys(chosen)) if (name !== "model") delete chosen[name];
    paint();
    changed();
  }

  const order = () => {
    const { n, ...rest } = chosen;
    return { prompt: sentence.value.trim(), ...rest, ...(n && start.how() === "create" ? { n } : {}), ...start.fields() };
  };
  function changed() {
    key = api.newKey();
    reset.hidden = Object.keys(chosen).every(name => name === "model");
    if (!origin.source) remember({ prompt: sentence.value, ...chosen, n: undefined, seed: undefined });
    const written = [...sentence.value].length;
    const most = model.limits.max_prompt_chars;
    long.textContent = written > 0.8 * most ? `${written} of ${most} characters` : "";
    long.classList.toggle("over", written > most);
    complain(null);
    forecast();
  }
  function forecast() {
    const { width: w, height: t, num_frames: f, num_inference_steps: s, guidance_scale: g, scheduler } = effective();
    if (pace?.denoising === undefined || pace.decoding === undefined) {
      estimate.textContent = "How long it takes shows after the first clip.";
      return;
    }
    const pixels = w * t * f;
    const steps = fixedSteps(model, scheduler) ?? s;
    // As Pace counts work: attention makes large clips dearer.
    const seconds = (pace["text-conditioning"] ?? 0) + pace.denoising * pixels * (1 + pixels / 8e6) * steps * (g > 1 ? 2 : 1) + pace.decoding * pixels;
    const each = order().n > 1 ? ` for each of ${order().n} clips` : "";
    estimate.textContent = `About ${duration(seconds)}${each}${queue > 0 ? `, after about ${duration(queue)} in the queue` : ""}`;
  }

  /** What is wrong before anything is sent. */
  function problem() {
    const { prompt: said, seed } = order();
    const most = model.limits.max_prompt_chars;
    if (said === "") return { field: "prompt", message: "is empty; say what to show" };
    if ([...said].length > most) return { field: "prompt", message: `has ${[...said].length} characters; at most ${most} are read` };
    if (seed !== undefined && !/^-?\d+$/.test(seed)) return { field: "seed", message: "is no whole number" };
    if (seed !== undefined && !(BigInt(seed) >= SEED_RANGE[0] && BigInt(seed) <= SEED_RANGE[1])) {
      return { field: "seed", message: `is too large; valid are ${SEED_RANGE.join(" to ")}` };
    }
    return start.problem();
  }
  /** Says what is wrong, at the field that it is about. */
  function complain(problem) {
    for (const old of element.querySelectorAll("[aria-invalid]")) {
      old.removeAttribute("aria-invalid");
      old.removeAttribute("aria-errormessage");
    }
    complaint.hidden = problem === null;
    if (problem === null) return;
    const { field, text } = trouble(problem);
    complaint.textContent = text;
    const named = element.querySelector(`#${CONTROLS[field] ?? "none"}`);
    if (details.contains(named)) details.open = true;
    // A side of a size that was chosen as a whole is out of sight.
    const control = named?.closest("[hidden]") ? element.querySelector("#size") : named;
    if (!control) return;
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-errormessage", "complaint");
    control.focus();
  }
  async function submit(event) {
    event.preventDefault();
    if (isSending) return;
    complain(problem());
    if (!complaint.hidden) return;
    isSending = true;
    send.setAttribute("aria-disabled", "true");
    try {
      const made = await api.submit(start.how(), order(), key, start.files());
      key = api.newKey();
      if (made.batch) say(`${made.batch.length} clips are ordered, and in the workshop.`);
      else announce("Your clip is ordered.");
      ordered(made);
    } catch (failure) {
      // A refusal is the last word on an order; without an answer, the same one is asked for again.
      if (failure.status >= 400 && failure.status < 500) key = api.newKey();
      complain(failure);
    } finally {
      isSending = false;
      send.removeAttribute("aria-disabled");
    }
  }

  const element = h("form", { class: "slab compose", "aria-labelledby": "compose-title", novalidate: true, onsubmit: submit,
    oninput: () => changed(),
    onkeydown: event => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      element.requestSubmit(send);
    } },
    h("h2", { class: "visually-hidden", id: "compose-title" }, "A new clip"),
    h("div", {}, h("label", { for: "prompt" }, "The sentence"), sentence, long),
    h("div", { class: "chips", role: "group", "aria-label": "Examples" }, EXAMPLES.map(text =>
      h("button", { type: "button", onclick: () => { sentence.value = text; changed(); sentence.focus(); } }, text))),
    start.element, fields, note, details,
    h("div", { class: "send" }, complaint, h("div", { class: "row apart" }, estimate,
      h("div", { class: "row" }, h("kbd", { class: "small quiet", "aria-hidden": "true" }, "Ctrl + Enter"), send))));
  paint();
  changed();
  return {
    element,
    update: now => {
      pace = now.pace[model.id];
      const longest = now.videos.reduce((most, video) => Math.max(most, video.job?.eta_seconds ?? 0), 0);
      // The server names the first of a long queue only.
      queue = now.videos.length ? longest * now.open / now.videos.length : 0;
      forecast();
    },
  };
}
