// Pictures and clips.
import { clipOf, stillOf } from "./api.js";
import { h } from "./dom.js";
import { exact, word } from "./words.js";

/** Whether people asked their system for little motion. */
export const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export const pill = video => h("span", { class: "pill", "data-s": exact(video) }, word(exact(video)));

/** The newest picture of the estimate, if there is one. */
export const previewOf = video => video.job?.stages.map(stage => stage.preview).filter(Boolean).pop() ?? null;

function ratioOf(video) {
  const size = /^(\d+)x(\d+)$/.exec(video.size);
  return size ? `${size[1]} / ${size[2]}` : "1";
}

/** A frame of the video's shape. */
export function shape(video, ...children) {
  const box = h("div", { class: "stone" }, children);
  box.style.setProperty("--ratio", ratioOf(video));
  return box;
}

/** The stone, or what has come out of it so far. */
export function stone(video, alt) {
  const box = shape(video);
  const picture = video.status === "completed" ? stillOf(video) : previewOf(video);
  if (picture) show(box, picture, alt);
  return box;
}

/** Puts another picture of this server over the one that is there, once it has come. */
export function show(box, source, alt) {
  if (box.dataset.shown === source || !source.startsWith("/v1/")) return;
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

/** The clip over its picture, without sound, while somebody looks at it over and over, or once. */
export function playIn(box, video, loop = true) {
  if (isCalm() || video.status !== "completed" || box.querySelector("video")) return;
  box.append(h("video", { src: clipOf(video), muted: true, loop, autoplay: true, playsInline: true, tabIndex: -1 }));
}

/** Plays the clip while a pointer or the focus is on an element. */
export function playOn(element, box, video) {
  const rest = () => box.querySelectorAll("video").forEach(clip => clip.remove());
  for (const name of ["pointerenter", "focus"]) element.addEventListener(name, () => { rest(); playIn(box, video); });
  for (const name of ["pointerleave", "blur"]) element.addEventListener(name, rest);
}
