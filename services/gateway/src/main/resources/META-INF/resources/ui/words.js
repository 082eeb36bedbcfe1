// What the machine says, in words for people.

/** Seconds for people. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Bytes for people. */
export function bytes(count) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, count)) / 10));
  return `${unit === 0 ? count : (count / 1024 ** unit).toFixed(1)} ${units[unit]}`;
}

export const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

const DAY = { weekday: "long", day: "numeric", month: "long" };
const dateOf = (at, format) => new Intl.DateTimeFormat("en-GB", format).format(at);
const midnight = date => new Date(date.getFullYear(), date.getMonth(), date.getDate());

/** The day of a time in seconds, as one says it. */
export function day(seconds, now = new Date()) {
  const at = new Date(seconds * 1000);
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return dateOf(at, at.getFullYear() === now.getFullYear() ? DAY : { ...DAY, year: "numeric" });
}

export const clock = seconds => dateOf(new Date(seconds * 1000), { hour: "2-digit", minute: "2-digit" });
export const moment = seconds => dateOf(new Date(seconds * 1000), { dateStyle: "long", timeStyle: "short" });

const sentence = text => text.charAt(0).toUpperCase() + text.slice(1);

/** The name of a stage in words: "text-conditioning" is "Text conditioning". */
export const stageName = stage => sentence(stage).replaceAll("-", " ");

const STATUS = {
  queued: "Waiting", in_progress: "In the making", running: "In the making", completed: "Done",
  failed: "Failed", cancelled: "Cancelled", refused: "Refused", expired: "Expired",
};

export const exact = video => video.job?.status ?? video.status;
export const word = status => STATUS[status] ?? status;
export const isOpen = video => video.status === "queued" || video.status === "in_progress";

/** The stage that works on a video just now. */
const stageAtWork = video => (video.job?.stages ?? []).filter(stage => stage.started_at && !stage.finished_at).pop();

/** Whether somebody works on a video, or it waits for its turn. */
export const isInHand = video => video.status === "in_progress" && stageAtWork(video) !== undefined;

const counted = (stage, step, of) => `${stageName(stage)}, ${["decoding", "finishing"].includes(stage) ? "frame" : "step"} ${step} of ${of}`;

/** What a report says of where a video is; null if it says nothing of it. */
export function place(report) {
  if (report.kind === "uploading") return "Storing the clip";
  return report.kind === "step" ? counted(report.stage, report.step, report.of) : null;
}

/** Where a video is, in a few words. */
export function whereabouts(video) {
  if (!isOpen(video)) return word(exact(video));
  const now = stageAtWork(video);
  if (video.status === "in_progress" && now) return now.steps ? counted(now.stage, now.step, now.steps) : stageName(now.stage);
  const place = video.job?.queue_position;
  return place ? `Number ${place} in the queue` : "Waiting";
}

/** When a video will be there, as the server forecasts it; empty if it doesn't. */
export const forecast = video => video.job?.eta_seconds === undefined ? "" : `about ${duration(video.job.eta_seconds)} left`;

/** The names that the page has for the fields of the API. */
const LABELS = {
  prompt: "The sentence", negative_prompt: "Not in the clip", model: "Model", size: "Size", width: "Width",
  height: "Height", num_frames: "Length", seconds: "Length", num_inference_steps: "Steps", guidance_scale: "Guidance",
  seed: "Seed", scheduler: "Scheduler", n: "Clips", input_reference: "First picture", last_frame: "Last picture",
  video: "Video", strength: "Strength", upscale: "Enlarge", interpolate_to_fps: "Frames per second",
};

/** The field that a message begins with, and the rest. */
function split(message) {
  const [, field, rest] = /^([a-z_]+): (.*)$/s.exec(message) ?? [];
  return field && Object.hasOwn(LABELS, field) ? [field, rest] : [null, message];
}

const closed = text => /[.!?…]$/.test(text) ? text : `${text}.`;

function labelled(field, message) {
  const [named, rest] = split(message);
  const label = LABELS[named ?? field];
  return closed(label ? `${label}${/^(is|has|holds|was|excludes|needs) /.test(rest) ? "" : ":"} ${rest}` : sentence(message));
}

const later = seconds => `Try again ${seconds ? `in about ${duration(seconds)}` : "in a moment"}`;

/** What went wrong with a request, and which field of the API it names (null if none). */
export function trouble(problem) {
  const { status, code, field = null, message, retryAfter } = problem;
  if (status === 0) {
    return { field: null, text: "The server can't be reached. Try again in a moment: the same order is never made twice." };
  }
  if (code === "unknown_video") return { field: null, text: "There is no such video; it may have been deleted." };
  if (code === "queue_full") return { field: null, text: `The queue is full. ${later(retryAfter)}.` };
  if (status === 503) return { field: null, text: `${closed(sentence(message))} ${later(retryAfter)}: the same order is never made twice.` };
  if (status >= 500) return { field: null, text: "Something went wrong on the server; its log says what. Try again in a moment." };
  return { field: field ?? split(message)[0], text: labelled(field, message) };
}

/** Why a video failed. */
export const failure = error => labelled(null, error.message);

const KNOWN_WARNINGS = {
  prompt_truncated: "The sentence is longer than the model can read; the end was left out",
};

/** What the server warns of, for people. */
export function warnings(video) {
  return (video.job?.warnings ?? video.warnings ?? []).map(warning => {
    const { code, message, kept } = typeof warning === "string" ? { code: warning } : warning;
    const said = closed(message ? labelled(null, message) : KNOWN_WARNINGS[code] ?? sentence(String(code)).replaceAll("_", " "));
    return kept === undefined ? said : `${said} It read: “${kept}”`;
  });
}
