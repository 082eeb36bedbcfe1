// Small helpers: elements without a framework. Text is always set as text, never as markup.

/** An element; props that begin with "on" are listeners, false and null leave an attribute out. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

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

/** The name of a stage in words: "text-conditioning" is "Text conditioning". */
export const stageName = stage => stage.charAt(0).toUpperCase() + stage.slice(1).replaceAll("-", " ");

const WORDS = {
  queued: "Waiting", in_progress: "In the making", running: "In the making", completed: "Done",
  failed: "Failed", cancelled: "Cancelled", refused: "Refused", expired: "Expired",
};

export const exact = video => video.job?.status ?? video.status;
export const word = status => WORDS[status] ?? status;
export const pill = video => h("span", { class: "pill", "data-s": exact(video) }, word(exact(video)));
export const isOpen = video => video.status === "queued" || video.status === "in_progress";
export const clipOf = video => `/v1/videos/${video.id}/content`;
export const sheetOf = video => `/v1/videos/${video.id}/content?variant=spritesheet`;
export const stillOf = video => `/v1/videos/${video.id}/content?variant=thumbnail`;

/** The newest picture of the estimate, if there is one. */
export const previewOf = video => video.job?.stages.map(stage => stage.preview).filter(Boolean).pop() ?? null;

export function ratioOf(video) {
  const size = /^(\d+)x(\d+)$/.exec(video.size);
  return size ? `${size[1]} / ${size[2]}` : "1";
}

/** The stone, or what has come out of it so far. */
export function stone(video, alt) {
  const box = h("div", { class: "stone" });
  box.style.setProperty("--ratio", ratioOf(video));
  const picture = video.status === "completed" ? stillOf(video) : previewOf(video);
  if (picture) show(box, picture, alt);
  return box;
}

/** Puts another picture over the one that is there, once it has come. */
export function show(box, source, alt) {
  if (box.dataset.shown === source) return;
  box.dataset.shown = source;
  const next = new Image();
  next.alt = alt ?? "";
  next.onload = () => {
    if (box.dataset.shown !== source) return;
    for (const old of box.querySelectorAll("img")) {
      old.classList.add("old");
      old.alt = "";
      setTimeout(() => old.remove(), 800);
    }
    box.prepend(next);
  };
  next.src = source;
}

/** What a report says of where a video is; null if it says nothing of it. */
export function place(report) {
  if (report.kind === "uploading") return "Storing the clip";
  if (report.kind !== "step") return null;
  return `${stageName(report.stage)}, ${report.stage === "decoding" ? "frame" : "step"} ${report.step} of ${report.of}`;
}

/** Where a video is, in a few words. */
export function whereabouts(video) {
  if (video.status === "queued") {
    const place = video.job?.queue_position;
    return place ? `Number ${place} in the queue` : "Waiting";
  }
  if (!isOpen(video)) return word(exact(video));
  const stages = video.job?.stages ?? [];
  const now = stages.filter(stage => !stage.finished_at && stage.started_at).pop();
  if (!now) return "Between two stages";
  const name = stageName(now.stage);
  if (!now.steps) return name;
  return `${name}, ${now.stage === "decoding" ? "frame" : "step"} ${now.step} of ${now.steps}`;
}

/** Says something to people who don't see the page. */
export function announce(text) {
  document.getElementById("announce").textContent = text;
}
