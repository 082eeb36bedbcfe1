// A video among others.
import { sheetOf, stillOf } from "./api.js";
import { h, written } from "./dom.js";
import { pill, playIn, previewOf, show, stone } from "./media.js";
import { clock, duration, exact, isOpen, moment } from "./words.js";

const length = video => Number(video.seconds) ? duration(Number(video.seconds)) : "";

/** @param pick is called when the video is chosen, or not any more */
export function cardView(video, pick) {
  const picture = stone(video, "");
  const state = h("span", {});
  const time = h("time", { class: "small quiet", datetime: new Date(video.created_at * 1000).toISOString(), title: moment(video.created_at) });
  const link = h("a", { href: `#/video/${encodeURIComponent(video.id)}` }, picture, written("p", { class: "prompt" }, video.prompt),
    h("span", { class: "row facts-line" }, state, time));
  const box = h("input", { type: "checkbox", "aria-label": `Select: ${video.prompt}`, onchange: () => pick(box.checked) });
  const element = h("li", { class: "card", "data-id": video.id }, link, h("label", { class: "pick" }, box));
  let now = video;
  const paint = () => {
    // What is done is what one expects of a gallery; only the rest is named.
    state.replaceChildren(exact(now) === "completed" ? h("span", { class: "small quiet" }, length(now)) : pill(now));
    time.textContent = clock(now.created_at);
  };
  // A pointer looks through the clip by its sheet of small pictures; the clip itself is not loaded for that.
  const scrub = event => {
    const sheet = now.job?.spritesheet;
    if (!sheet || event.pointerType === "touch") return;
    const { left, width } = picture.getBoundingClientRect();
    const at = Math.min(sheet.pictures - 1, Math.max(0, Math.floor((event.clientX - left) / width * sheet.pictures)));
    const over = picture.querySelector(".scrub") ?? picture.appendChild(h("div", { class: "scrub" }));
    const share = (place, places) => places > 1 ? `${100 * place / (places - 1)}%` : "0";
    over.style.backgroundImage = `url("${sheetOf(now)}")`;
    over.style.backgroundSize = `${100 * sheet.columns}% ${100 * sheet.rows}%`;
    over.style.backgroundPosition = `${share(at % sheet.columns, sheet.columns)} ${share(Math.floor(at / sheet.columns), sheet.rows)}`;
  };
  const rest = () => picture.querySelectorAll("video, .scrub").forEach(over => over.remove());
  link.addEventListener("pointerenter", () => now.job?.spritesheet || playIn(picture, now));
  link.addEventListener("pointermove", scrub);
  link.addEventListener("focus", () => playIn(picture, now));
  link.addEventListener("pointerleave", rest);
  link.addEventListener("blur", rest);
  paint();
  return {
    element,
    link,
    video: () => now,
    choose: isChosen => { box.checked = isChosen; },
    preview: source => isOpen(now) && show(picture, source, ""),
    update(next) {
      if (!isOpen(now) && isOpen(next)) return; // An answer that an event overtook.
      now = next;
      paint();
      const source = next.status === "completed" ? stillOf(next) : previewOf(next);
      if (source) show(picture, source, "");
    },
  };
}

/** Goes from card to card by the arrow keys, as they lie on the page. */
export function move(event, root) {
  const links = [...root.querySelectorAll(".card > a")];
  const from = document.activeElement;
  if (!links.includes(from)) return;
  const at = links.indexOf(from);
  const here = from.getBoundingClientRect();
  const vertical = sign => {
    const beyond = links.map(link => [link, link.getBoundingClientRect()]).filter(([, box]) => sign * (box.top - here.top) > 1);
    const row = sign * Math.min(...beyond.map(([, box]) => sign * box.top));
    return beyond.filter(([, box]) => Math.abs(box.top - row) < 1)
      .sort(([, one], [, other]) => Math.abs(one.left - here.left) - Math.abs(other.left - here.left))[0]?.[0];
  };
  const goals = { ArrowRight: () => links[at + 1], ArrowLeft: () => links[at - 1], ArrowDown: () => vertical(1),
    ArrowUp: () => vertical(-1), Home: () => links[0], End: () => links.at(-1) };
  const to = goals[event.key]?.();
  if (!to) return;
  event.preventDefault();
  to.focus();
}
