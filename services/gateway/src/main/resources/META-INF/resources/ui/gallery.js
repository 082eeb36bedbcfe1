// Everything that was asked for, newest first.
import * as api from "./api.js";
import { announce, h, isOpen, pill, show, sheetOf, stillOf, stone, clipOf, previewOf } from "./dom.js";

const FILTERS = [["", "All"], ["completed", "Done"], ["in_progress", "In the making"], ["queued", "Waiting"], ["failed", "Failed"]];
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export async function gallery(main, { parameters, listen, isCurrent }) {
  const status = parameters.get("status") ?? "";
  const picked = [];
  const grid = h("ul", { class: "grid", onkeydown: event => move(grid, event) });
  const more = h("button", { type: "button" }, "Show older");
  const side = h("a", { class: "button", hidden: true }, "Compare the two");
  const nothing = h("div", { class: "slab empty", hidden: true }, h("p", {}, "Nothing here yet."), h("p", {}, h("a", { href: "#/" }, "Order a clip")));
  const cards = new Map();
  let last = null;

  async function load() {
    more.disabled = true;
    const page = await api.list(status, last).finally(() => { more.disabled = false; });
    if (!isCurrent()) return;
    last = page.last_id ?? last;
    more.hidden = !page.has_more;
    for (const video of page.data) if (!cards.has(video.id)) grid.append(add(video).element);
    nothing.hidden = cards.size > 0;
  }
  // What happened while the connection was lost.
  async function catchUp() {
    const page = await api.list(status);
    if (isCurrent()) page.data.reverse().forEach(meet);
  }
  function meet(video) {
    if (cards.has(video.id)) cards.get(video.id).update(video);
    else if (!status || video.status === status) grid.prepend(add(video).element);
    nothing.hidden = cards.size > 0;
  }
  function add(video) {
    const card = cardView(video, isPicked => {
      if (isPicked) picked.push(video.id);
      else picked.splice(picked.indexOf(video.id), 1);
      side.hidden = picked.length !== 2;
      side.href = `#/compare?a=${picked[0]}&b=${picked[1]}`;
    });
    cards.set(video.id, card);
    return card;
  }
  main.append(h("h1", {}, "Gallery"),
    h("div", { class: "bar" },
      h("nav", { class: "tabs", "aria-label": "Filter" }, FILTERS.map(([value, label]) =>
        h("a", { href: value ? `#/gallery?status=${value}` : "#/gallery", "aria-current": value === status ? "true" : null }, label))),
      side),
    h("p", { class: "small quiet visually-hidden", id: "keys" }, "Arrow keys go from clip to clip."),
    grid, nothing, h("div", { class: "more" }, more));
  grid.setAttribute("aria-describedby", "keys");
  more.addEventListener("click", () => load().catch(problem => announce(problem.message)));
  // Listens before it asks, so that nothing falls in between.
  const leave = listen((kind, data) => {
    if (kind === "progress" && data.kind === "preview") cards.get(data.video_id)?.preview(data.preview);
    if (kind === "state") meet(data);
    if (kind === "open") catchUp().catch(problem => announce(problem.message));
  });
  try {
    await load();
  } catch (problem) {
    leave();
    throw problem;
  }
  return leave;
}

function cardView(video, pick) {
  const picture = stone(video, "");
  const state = h("span", {}, pill(video));
  const link = h("a", { href: `#/video/${video.id}` }, picture, h("p", { class: "prompt" }, video.prompt), state);
  const box = h("input", { type: "checkbox", onchange: () => pick(box.checked) });
  const element = h("li", { class: "card" }, link,
    h("label", { class: "pick small", hidden: video.status !== "completed" }, box, "compare", h("span", { class: "visually-hidden" }, video.prompt)));
  const choice = element.querySelector("label");
  let now = video;
  const play = () => {
    if (calm.matches || now.status !== "completed" || picture.querySelector("video")) return;
    picture.append(h("video", { src: clipOf(now), muted: true, loop: true, autoplay: true, playsInline: true, tabIndex: -1 }));
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
  link.addEventListener("pointerenter", () => now.job?.spritesheet || play());
  link.addEventListener("pointermove", scrub);
  link.addEventListener("focus", play);
  link.addEventListener("pointerleave", rest);
  link.addEventListener("blur", rest);
  return {
    element,
    preview: source => isOpen(now) && show(picture, source, ""),
    update(next) {
      if (!isOpen(now) && isOpen(next)) return; // An answer that an event overtook.
      now = next;
      state.replaceChildren(pill(next));
      choice.hidden = next.status !== "completed";
      const source = next.status === "completed" ? stillOf(next) : previewOf(next);
      if (source) show(picture, source, "");
    },
  };
}

function move(grid, event) {
  const links = [...grid.querySelectorAll(".card > a")];
  const at = links.indexOf(document.activeElement);
  if (at < 0) return;
  const columns = links.filter(link => link.offsetTop === links[0].offsetTop && link.getBoundingClientRect().top === links[0].getBoundingClientRect().top).length;
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + columns, ArrowUp: at - columns, Home: 0, End: links.length - 1 }[event.key];
  if (to === undefined || !links[to]) return;
  event.preventDefault();
  links[to].focus();
}
