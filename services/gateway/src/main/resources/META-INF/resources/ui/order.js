// An order before it is sent: what somebody chose, and what the model makes of the rest. Knows nothing of the page.

const STORED = "galatea.order";
const SEEDS = [-(2n ** 63n), 2n ** 63n - 1n];

/** Whether a number is one of a range of the API. */
export const has = ({ min, max, step }, value) => value >= min && value <= max && (value - min) % step === 0;

/** The least scale at which a model's clips have a size; undefined if they can't have it. */
export const scaleOf = ({ width, height, scales = [1] }, w, t) => scales.find(scale => has(width, w / scale) && has(height, t / scale));

/** Whether what was chosen goes with a model, by the words for it. */
const FITS = {
  size: ({ limits }, { width, height }) => width === undefined || scaleOf(limits, width, height) !== undefined,
  length: (model, { num_frames: frames }, how) => frames === undefined || has(lengths(model, how), frames),
  scheduler: ({ schedulers }, { scheduler }) => scheduler === undefined || schedulers.includes(scheduler),
  steps: (model, { scheduler, num_inference_steps: steps }) => steps === undefined
    || has(model.limits.num_inference_steps, steps) && [undefined, steps].includes(stepsOf(model, scheduler)),
  guidance: ({ limits }, { guidance_scale: scale }) => scale === undefined || scale <= limits.max_guidance_scale,
  enlargement: ({ limits }, { upscale }) => upscale === undefined || limits.scales.includes(upscale),
  "frame rate": (model, { interpolate_to_fps: fps }) => fps === undefined
    || fps > model.fps && fps <= model.limits.max_interpolated_fps,
};
const FIELDS = { size: ["width", "height"], length: ["num_frames"], scheduler: ["scheduler"], steps: ["num_inference_steps"],
  guidance: ["guidance_scale"], enlargement: ["upscale"], "frame rate": ["interpolate_to_fps"] };

/** The one number of steps that a scheduler goes; undefined if any may be asked for. */
const stepsOf = (model, scheduler) => model.scheduler_steps?.[scheduler ?? model.schedulers[0]];

/** How many frames an order can ask for: of a continuation, those that are added. */
const lengths = (model, how) => how === "extend" && model.added_frames ? model.added_frames : model.limits.num_frames;

/** What was asked for at the last visit. */
export function remembered() {
  try {
    return JSON.parse(localStorage.getItem(STORED)) ?? {};
  } catch {
    return {};
  }
}

/** Keeps an order for the next visit, but for its noise and its number. */
export function remember({ n, seed, ...order }) {
  try {
    localStorage.setItem(STORED, JSON.stringify(order));
  } catch {
    // A browser may keep nothing for pages.
  }
}

/** The settings of a video as an order; what was continued is longer than one order can be. */
export function settingsOf(made) {
  const decoded = made.job?.decoded ?? made;
  const [width, height] = decoded.size.split("x").map(Number);
  const order = {
    prompt: made.prompt, model: made.model, width, height,
    num_frames: made.job?.made_from?.by === "extension" ? undefined : decoded.num_frames,
    num_inference_steps: made.num_inference_steps, guidance_scale: made.guidance_scale,
    negative_prompt: made.job?.negative_prompt, seed: made.seed === undefined ? undefined : String(made.seed),
    scheduler: made.job?.scheduler, upscale: made.job?.upscale, interpolate_to_fps: made.job?.interpolate_to_fps,
  };
  return Object.fromEntries(Object.entries(order).filter(([, value]) => value !== undefined && value === value));
}

/** The settings of an order. Only what was chosen is sent, so the rest is the server's, whichever model it is. */
export class Order {
  #models;

  /** @param chosen settings to begin with, as if they had been chosen */
  constructor(models, chosen) {
    this.#models = models;
    this.chosen = { ...chosen };
  }

  get model() {
    return this.#models.find(({ id }) => id === this.chosen.model) ?? this.#models[0];
  }

  /** Chooses a value, or none: then it is what the model does unless asked. */
  choose(name, value) {
    if (value === undefined) delete this.chosen[name];
    else this.chosen[name] = value;
  }

  /** Forgets what was chosen but for the model. */
  clear() {
    const { model } = this.chosen;
    this.chosen = model === undefined ? {} : { model };
  }

  get isUsual() {
    return Object.keys(this.chosen).every(name => name === "model");
  }

  /** The settings that the clip will have, as far as they are known here. */
  get effective() {
    const { model } = this;
    const now = { ...model.defaults, scheduler: model.schedulers[0], ...this.chosen };
    return { ...now, num_inference_steps: this.fixedSteps ?? now.num_inference_steps };
  }

  get fixedSteps() {
    return stepsOf(this.model, this.chosen.scheduler);
  }

  /** The lengths to choose from, and the one that is chosen or usual. */
  lengths(how) {
    const { model } = this;
    const range = lengths(model, how);
    const usual = model.defaults.num_frames - (model.limits.num_frames.max - range.max);
    return { range, value: this.chosen.num_frames ?? Math.max(range.min, usual) };
  }

  /** Lets go of what the model can't do, and says what that was. */
  letGo(how) {
    const { chosen, model } = this;
    const said = [];
    if (chosen.model !== undefined && chosen.model !== model.id) {
      said.push(`${chosen.model} isn't served here.`);
      delete chosen.model;
    }
    const left = Object.keys(FITS).filter(name => !FITS[name](model, chosen, how));
    for (const field of left.flatMap(name => FIELDS[name])) delete chosen[field];
    if (left.length) said.push(`${model.id} can't do what was chosen, so this is as usual again: ${left.join(", ")}.`);
    return said.join(" ");
  }

  /** What is sent. */
  body(prompt, how, others) {
    const { n, ...chosen } = this.chosen;
    return { prompt, ...chosen, ...(n && how === "create" ? { n } : {}), ...others };
  }

  /** What is wrong before anything is sent, as a problem of its field; null if nothing is. */
  problem(prompt) {
    const { seed } = this.chosen;
    const most = this.model.limits.max_prompt_chars;
    if (prompt === "") return { field: "prompt", message: "is empty; say what to show" };
    if ([...prompt].length > most) return { field: "prompt", message: `has ${[...prompt].length} characters; at most ${most} are read` };
    if (seed === undefined) return null;
    if (!/^-?\d+$/.test(seed)) return { field: "seed", message: "is no whole number" };
    if (BigInt(seed) >= SEEDS[0] && BigInt(seed) <= SEEDS[1]) return null;
    return { field: "seed", message: `is too large; valid are ${SEEDS.join(" to ")}` };
  }

  /** How long a clip takes at a model's pace; null if that is not known. As Pace counts work: attention makes large clips dearer. */
  seconds(pace) {
    if (pace?.denoising === undefined || pace.decoding === undefined) return null;
    const { width, height, num_frames: frames, num_inference_steps: steps, guidance_scale: scale,
      upscale = 1, interpolate_to_fps: fps = this.model.fps } = this.effective;
    const pixels = width * height * frames;
    return (pace["text-conditioning"] ?? 0) + pace.denoising * pixels * (1 + pixels / 8e6) * steps * (scale > 1 ? 2 : 1)
      + pace.decoding * pixels
      + (upscale > 1 || fps > this.model.fps ? (pace.finishing ?? 0) * pixels * upscale ** 2 * fps / this.model.fps : 0);
  }
}
