// What one asks for, and the pieces on the bench.
import * as api from "./api.js";
import { announce, duration, h, place, previewOf, show, stageName, stillOf, stone, whereabouts } from "./dom.js";

const PRESETS = [
  "a red ball bounces under a blue sky",
  "a yellow star spins in a dark sky",
  "a green leaf drifts to the left over water",
  "a white square grows on an orange ground",
];
const STORED = "galatea.compose";

export async function studio(main, { parameters, listen, isCurrent }) {
  const can = await api.capabilities();
  const role = ["edit", "extend"].find(name => parameters.get(name)) ?? null;
  const source = role ? await api.video(parameters.get(role)) : null;
  const from = source ?? (parameters.get("from") ? await api.video(parameters.get("from")) : null);
  if (!isCurrent()) return null;
  const form = compose(can, start(from, parameters.get("seed")), role, source);
  const bench = pipelineView();
  main.append(
    h("h1", {}, "Say what is in the stone."),
    h("p", { class: "lead" }, "One sentence goes in. The model begins with a block of noise and takes away, step by step, what is not your clip."),
    h("div", { class: "studio" }, form.element, bench.element));
  const refresh = async () => {
    const now = await api.pipeline().catch(() => null);
    if (now && isCurrent()) {
      bench.update(now);
      form.update(now);
    }
  };
  let due = null;
  const soon = () => { due ??= setTimeout(() => { due = null; refresh(); }, 250); };
  await refresh();
  // Events tell at once; the clock is for forecasts and for what was missed.
  const clock = setInterval(() => document.hidden || refresh(), 4000);
  const silence = listen((kind, data) => (kind === "progress" && bench.progress(data)) || soon());
  return () => { clearInterval(clock); clearTimeout(due); silence(); };
}

/** The fields to begin with: another video's, else those of the last visit. */
function start(from, seed) {
  if (from) {
    const settings = settingsOf(from);
    if (seed !== "same") delete settings.seed;
    return settings;
  }
  try {
    return JSON.parse(localStorage.getItem(STORED)) ?? {};
  } catch {
    return {};
  }
}

/** The settings of a video as an order; what was continued is longer than one order can be. */
export function settingsOf(made) {
  const [width, height] = made.size.split("x").map(Number);
  const order = {
    prompt: made.prompt, model: made.model, width, height,
    num_frames: made.job?.made_from?.by === "extension" ? undefined : made.num_frames,
    num_inference_steps: made.num_inference_steps, guidance_scale: made.guidance_scale,
    negative_prompt: made.job?.negative_prompt, seed: made.seed, scheduler: made.job?.scheduler,
  };
  return Object.fromEntries(Object.entries(order).filter(([, value]) => value !== undefined && value === value));
}

/**
 * @param role "edit" to vary a video, "extend" to continue it, null to begin with noise
 * @param source that video
 */
function compose(can, initial, role, source) {
  const model = can.models.find(candidate => candidate.id === initial.model) ?? can.models[0];
  const { defaults, limits } = model;
  const added = role === "extend" ? model.added_frames ?? limits.num_frames : null;
  let pace = null;
  let queue = 0;
  let key = api.newKey();
  const sentence = h("textarea", { class: "sentence", id: "prompt", name: "prompt", required: true, rows: "3",
    maxlength: String(limits.max_prompt_chars), placeholder: PRESETS[0] }, initial.prompt ?? "");
  const negative = h("input", { id: "negative", value: initial.negative_prompt ?? defaults.negative_prompt, maxlength: String(limits.max_prompt_chars) });
  const size = sizeField(limits, defaults, [initial.width ?? defaults.width, initial.height ?? defaults.height]);
  const frames = gridField("frames", added ? "Longer by" : "Length", added ?? limits.num_frames,
    added ? Math.max(added.min, defaults.num_frames - (limits.num_frames.max - added.max)) : initial.num_frames ?? defaults.num_frames, "frames",
    count => ` (${(count / model.fps).toFixed(1)} s)`);
  const steps = rangeField("steps", "Steps", limits.num_inference_steps.min, limits.num_inference_steps.max, 1, initial.num_inference_steps ?? defaults.num_inference_steps);
  const guidance = rangeField("guidance", "Guidance", 0, limits.max_guidance_scale, 0.5, initial.guidance_scale ?? defaults.guidance_scale);
  const seed = h("input", { id: "seed", inputmode: "numeric", pattern: "-?[0-9]{1,18}", value: initial.seed ?? "", placeholder: "chosen for you", "aria-describedby": "seed-note" });
  const scheduler = choiceField("scheduler", "Scheduler", model.schedulers, initial.scheduler);
  const strength = rangeField("strength", "Strength", 0.1, 1, 0.05, 0.6);
  const pictures = source ? [] : [
    ["first_frame", "input_reference", "First picture"], ["last_frame", "last_frame", "Last picture"],
  ].filter(([role]) => model.references.includes(role)).map(([, field, label]) => pictureField(field, label));
  const estimate = h("p", { class: "quiet", "aria-live": "off" });
  const trouble = h("p", { class: "notice bad", role: "alert", hidden: true });
  const send = h("button", { class: "primary", type: "submit" }, "Begin");

  const order = () => ({
    prompt: sentence.value.trim(), model: model.id, width: size.width(), height: size.height(),
    num_frames: +frames.value(), num_inference_steps: +steps.value(), guidance_scale: +guidance.value(),
    negative_prompt: negative.value, scheduler: scheduler.value(), ...(seed.value.trim() ? { seed: seed.value.trim() } : {}),
  });
  const forecast = () => {
    const { width: w, height: t, num_frames: f, num_inference_steps: s, guidance_scale: g } = order();
    if (!pace || pace.denoising === undefined || pace.decoding === undefined) {
      estimate.textContent = "How long it takes shows after the first clip.";
      return;
    }
    const pixels = w * t * f;
    // As Pace counts work: attention makes large clips dearer.
    const seconds = (pace["text-conditioning"] ?? 0) + pace.denoising * pixels * (1 + pixels / 8e6) * s * (g > 1 ? 2 : 1) + pace.decoding * pixels;
    estimate.textContent = `About ${duration(seconds)}${queue > 0 ? `, after about ${duration(queue)} in the queue` : ""}`;
  };
  const element = h("form", { class: "slab compose", "aria-labelledby": "compose-title",
    oninput: () => { key = api.newKey(); source || localStorage.setItem(STORED, JSON.stringify(order())); forecast(); },
    onsubmit: async event => {
      event.preventDefault();
      send.disabled = true;
      trouble.hidden = true;
      try {
        const files = Object.fromEntries(pictures.filter(one => one.file()).map(one => [one.name, one.file()]));
        const made = role === "edit" ? await api.edit(order(), source.id, +strength.value(), key)
          : role === "extend" ? await api.extend(order(), source.id, key)
          : await api.create(order(), key, files);
        key = api.newKey();
        announce("Your clip is ordered.");
        location.hash = `#/video/${made.id}`;
      } catch (problem) {
        trouble.textContent = problem.message;
        trouble.hidden = false;
      } finally {
        send.disabled = false;
      }
    } },
    h("h2", { class: "visually-hidden", id: "compose-title" }, "A new clip"),
    h("div", {}, h("label", { for: "prompt" }, "The sentence"), sentence),
    h("div", { class: "chips", role: "group", "aria-label": "Examples" }, PRESETS.map(text =>
      h("button", { type: "button", onclick: () => { sentence.value = text; sentence.dispatchEvent(new Event("input", { bubbles: true })); sentence.focus(); } }, text))),
    source ? h("div", { class: "source" },
      h("img", { src: stillOf(source), alt: "" }),
      h("div", {}, h("p", {}, role === "edit" ? "A variation of " : "What comes after ", h("a", { href: `#/video/${source.id}` }, "this clip"), "."),
        role === "edit" ? [strength.element, h("p", { class: "small quiet" }, "Little keeps what it shows, 1.0 keeps nothing.")] : null)) : null,
    pictures.length ? h("div", { class: "fields" }, pictures.map(one => one.element)) : null,
    h("div", { class: "fields" }, size.element, frames.element, steps.element),
    h("details", { open: Boolean(initial.seed || initial.negative_prompt) },
      h("summary", {}, "Guidance and noise"),
      h("div", { class: "fields" }, guidance.element, scheduler.element,
        h("div", {}, h("label", { for: "seed" }, "Seed"), seed,
          h("p", { class: "small quiet", id: "seed-note" }, "The same seed begins with the same noise.")),
        h("div", {}, h("label", { for: "negative" }, "Not in the clip"), negative)),
      h("p", { class: "small quiet" }, `${model.id} ${model.version}, ${model.fps} frames per second`)),
    trouble,
    h("div", { class: "send" }, estimate, send));
  forecast();
  return {
    element,
    update: now => {
      pace = now.pace[model.id];
      queue = now.videos.reduce((sum, video) => Math.max(sum, video.job?.eta_seconds ?? 0), 0);
      forecast();
    },
  };
}

/** The model's usual size and its largest one, upright too where it can, and any other by its sides. */
function sizeField({ width, height }, usual, [chosenWidth, chosenHeight]) {
  if (width.min === width.max && height.min === height.max) {
    return { width: () => width.min, height: () => height.min, element: fixed("Size", `${width.min} × ${height.min} px`) };
  }
  const sizes = [[usual.width, usual.height], [width.max, height.max]].flatMap(([w, t]) => [[w, t], [t, w]])
    .filter(([w, t], at, all) => has(width, w) && has(height, t) && all.findIndex(one => one[0] === w && one[1] === t) === at);
  const sides = [gridField("width", "Width", width, chosenWidth, "px"), gridField("height", "Height", height, chosenHeight, "px")];
  const others = h("div", { class: "fields" }, sides.map(side => side.element));
  const select = h("select", { id: "size", onchange: () => { others.hidden = select.value !== ""; } },
    sizes.map(([w, t]) => h("option", { value: `${w}x${t}`, selected: w === chosenWidth && t === chosenHeight }, `${w} × ${t} px${ratio(w, t)}`)),
    h("option", { value: "", selected: !sizes.some(([w, t]) => w === chosenWidth && t === chosenHeight) }, "another size"));
  others.hidden = select.value !== "";
  const side = at => () => select.value ? +select.value.split("x")[at] : +sides[at].value();
  return { width: side(0), height: side(1), element: h("div", {}, h("label", { for: "size" }, "Size"), select, others) };
}

const has = ({ min, max, step }, value) => value >= min && value <= max && (value - min) % step === 0;

/** The shape, if it has a name. */
function ratio(width, height) {
  const divisor = (a, b) => b === 0 ? a : divisor(b, a % b);
  const unit = divisor(width, height);
  return Math.max(width, height) / unit > 21 ? "" : ` (${width / unit}:${height / unit})`;
}

const fixed = (label, text) => h("div", {}, h("p", { class: "label" }, h("strong", { class: "small" }, label)),
  h("p", { class: "quiet" }, `${text}, as the model was made`));

/** A choice of whole numbers; a note where there is no choice. */
function gridField(id, label, { min, max, step }, value, unit, note = () => "") {
  if (min === max) return { value: () => min, element: fixed(label, `${min} ${unit}${note(min)}`) };
  const select = h("select", { id });
  for (let option = min; option <= max; option += step) {
    select.append(h("option", { value: String(option), selected: option === value }, `${option} ${unit}${note(option)}`));
  }
  return { value: () => select.value, element: h("div", {}, h("label", { for: id }, label), select) };
}

/** A choice of names, the first unless one was chosen; nothing is shown where there is no choice. */
function choiceField(id, label, names, chosen) {
  const select = h("select", { id }, names.map(name => h("option", { value: name, selected: name === chosen }, name)));
  return { value: () => select.value, element: names.length === 1 ? null : h("div", {}, h("label", { for: id }, label), select) };
}

function rangeField(id, label, min, max, step, value) {
  const output = h("output", { for: id }, String(value));
  const input = h("input", { type: "range", id, min: String(min), max: String(max), step: String(step), value: String(value),
    oninput: () => { output.textContent = input.value; } });
  return { value: () => input.value, element: h("div", {}, h("label", { for: id }, label, " ", output), input) };
}

/** A picture, chosen or dropped. */
function pictureField(name, label) {
  let file = null;
  const shown = h("img", { alt: "", hidden: true });
  const input = h("input", { type: "file", id: name, accept: "image/jpeg,image/png,image/webp", onchange: () => take() });
  const clear = h("button", { class: "plain", type: "button", hidden: true, "aria-label": `Without: ${label}`,
    onclick: () => { input.value = ""; take(); changed(); input.focus(); } }, "Remove");
  const changed = () => input.dispatchEvent(new Event("input", { bubbles: true }));
  const take = () => {
    file = input.files[0] ?? null;
    shown.hidden = clear.hidden = file === null;
    if (file === null) return;
    const chosen = file;
    const reader = new FileReader();
    reader.onload = () => { if (file === chosen) shown.src = reader.result; };
    reader.readAsDataURL(chosen);
  };
  const over = event => event.preventDefault();
  const element = h("div", { class: "drop", ondragover: over,
    ondrop: event => {
      event.preventDefault();
      if (event.dataTransfer.files.length === 0) return;
      input.files = event.dataTransfer.files;
      take();
      changed();
    } }, h("label", { for: name }, label), shown, h("div", { class: "row" }, input, clear));
  return { name, file: () => file, element };
}

function pipelineView() {
  const stages = h("ol", { class: "slab stages" });
  const bench = h("ul", { class: "bench" });
  const load = h("p", { class: "quiet small" });
  const pieces = new Map();
  const element = h("section", { "aria-labelledby": "pipeline-title" },
    h("div", { class: "row" }, h("h2", { id: "pipeline-title" }, "In the workshop"), load), stages, bench);

  function update(now) {
    load.textContent = now.open === 0 ? "nothing to do" : `${now.open} of at most ${now.limit}`;
    stages.replaceChildren(...now.stages.map(stage => {
      const busy = stage.workers.filter(worker => worker.video_id).length;
      return h("li", {},
        h("h3", {}, stageName(stage.stage)),
        h("p", { class: stage.running ? "count busy" : "count" }, String(stage.running)),
        h("p", { class: "small quiet" }, `${stage.waiting} waiting`),
        h("p", { class: "small quiet" }, stage.workers.length === 0 ? "no worker seen lately"
          : `${stage.workers.length} worker${stage.workers.length > 1 ? "s" : ""}, ${busy} busy`));
    }));
    for (const [id, piece] of pieces) {
      if (!now.videos.some(video => video.id === id)) {
        piece.element.remove();
        pieces.delete(id);
      }
    }
    for (const video of now.videos) {
      if (!pieces.has(video.id)) pieces.set(video.id, pieceView(video));
      pieces.get(video.id).update(video);
    }
    bench.replaceChildren(...(now.videos.length
      ? now.videos.map(video => pieces.get(video.id).element)
      : [h("li", { class: "slab empty" }, h("p", {}, "The bench is empty."), h("p", {}, "What you order appears here, out of the noise."))]));
  }
  return { element, update, progress: report => pieces.get(report.video_id)?.progress(report) ?? false };
}

function pieceView(video) {
  const picture = stone(video, "");
  let newest = 0;
  // A report is ahead of the state that repeats it: what was seen is not taken back.
  const appear = source => {
    const step = Number(source.slice(source.lastIndexOf("/") + 1));
    if (step < newest) return;
    newest = step;
    show(picture, source, "");
  };
  const bar = h("progress", { max: 100, "aria-label": `Progress of: ${video.prompt}` });
  const where = h("span", { class: "small quiet where" });
  const eta = h("span", { class: "small quiet" });
  const stop = h("button", { class: "plain danger", type: "button", "aria-label": `Cancel: ${video.prompt}`,
    onclick: async () => { stop.disabled = true; await api.cancel(video.id).catch(problem => announce(problem.message)); } }, "Cancel");
  const element = h("li", { class: "slab piece", "data-id": video.id }, picture,
    h("div", {},
      h("a", { class: "prompt", href: `#/video/${video.id}` }, video.prompt), bar,
      h("div", { class: "row" }, where, eta, stop)));
  return {
    element,
    update(now) {
      bar.value = Math.max(bar.value, now.progress);
      where.textContent = whereabouts(now);
      eta.textContent = now.job?.eta_seconds === undefined ? "" : `about ${duration(now.job.eta_seconds)} left`;
      const source = previewOf(now);
      if (source) appear(source);
    },
    /** Whether the report needs no further look. */
    progress(report) {
      if (report.progress !== undefined) bar.value = Math.max(bar.value, report.progress);
      if (report.kind === "preview") appear(report.preview);
      if (place(report)) where.textContent = place(report);
      return report.kind === "preview" || report.kind === "checkpoint" || place(report) !== null;
    },
  };
}
