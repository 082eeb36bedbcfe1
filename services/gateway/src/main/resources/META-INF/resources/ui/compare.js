// Two clips side by side, always at the same moment.
import * as api from "./api.js";
import { h, written } from "./dom.js";
import { shape, stone } from "./media.js";
import { count, trouble } from "./words.js";

const SIDES = [["a", "Left"], ["b", "Right"]];

export async function compare(main, { parameters, isCurrent }) {
  const page = await api.list({ status: "completed" });
  const ids = SIDES.map(([name]) => parameters.get(name));
  const chosen = await Promise.all(ids.map(id => id ? (page.data.find(video => video.id === id) ?? api.video(id)) : null));
  if (!isCurrent()) return null;
  const players = chosen.map(video => video?.status === "completed" ? h("video", { src: api.clipOf(video), muted: true, loop: true,
    playsInline: true, preload: "auto", "aria-label": `Clip: ${video.prompt}` }) : null);
  const both = players.filter(Boolean);
  const { element, follow } = transport(both);
  main.append(h("h1", {}, "Side by side"),
    h("div", { class: "pair" }, SIDES.map(([, name], at) => sideView(name, chosen[at], players[at]))),
    element,
    shelf(page, ids));
  return keepTogether(both, follow);
}

function sideView(name, video, player) {
  return h("section", { "aria-label": name },
    h("div", { class: "slab frame" }, video ? shape(video, player) : h("div", { class: "stone" }),
      video ? [written("p", { class: "prompt" }, video.prompt),
        h("p", { class: "small quiet" }, `${count(video.num_inference_steps, "step")}, guidance ${video.guidance_scale}, seed ${video.seed} – `,
          h("a", { href: `#/video/${encodeURIComponent(video.id)}` }, "details"))]
        : h("p", { class: "quiet" }, `${name}: choose a clip below.`)));
}

/** The finished clips, to be put on either side. */
function shelf(page, ids) {
  const list = h("ul", { class: "shelf" });
  const more = h("button", { type: "button", hidden: !page.has_more }, "Show more");
  let last = page.last_id;
  const put = (id, at) => {
    const next = ids.map((other, index) => index === at ? id : other === id ? null : other);
    location.hash = `#/compare?${new URLSearchParams(next.map((value, index) => [SIDES[index][0], value]).filter(([, value]) => value))}`;
  };
  const add = video => list.append(h("li", {}, stone(video, ""), written("p", { class: "prompt small" }, video.prompt),
    h("div", { class: "row" }, SIDES.map(([, name], at) => h("button", { type: "button", "aria-pressed": String(ids[at] === video.id),
      "aria-label": `${name}: ${video.prompt}, seed ${video.seed}`, onclick: () => put(video.id, at) }, name)))));
  page.data.forEach(add);
  more.addEventListener("click", async () => {
    more.disabled = true;
    const next = await api.list({ status: "completed", after: last }).catch(problem => { more.textContent = trouble(problem).text; });
    more.disabled = false;
    if (!next) return;
    next.data.forEach(add);
    last = next.last_id ?? last;
    more.hidden = !next.has_more;
  });
  return h("section", { "aria-labelledby": "shelf-title" }, h("h2", { id: "shelf-title" }, "Clips"),
    page.data.length ? list : h("div", { class: "slab empty" }, h("p", {}, "No clip is done yet."), h("p", {}, h("a", { href: "#/" }, "Order a clip"))),
    h("div", { class: "more" }, more));
}

function transport(both) {
  const [lead] = both;
  const button = h("button", { class: "primary", type: "button", disabled: !lead, onclick: () => toggle() }, "Play");
  const scrub = h("input", { type: "range", id: "moment", min: "0", max: "1000", value: "0", disabled: !lead, oninput: () => {
    pause();
    both.forEach(clip => { clip.currentTime = (clip.duration || 0) * scrub.value / 1000; });
  } });
  const pause = () => { both.forEach(clip => clip.pause()); button.textContent = "Play"; };
  function toggle() {
    if (!lead.paused) return pause();
    both.slice(1).forEach(clip => { clip.currentTime = lead.currentTime; });
    button.textContent = "Pause";
    return Promise.all(both.map(clip => clip.play())).catch(pause);
  }
  return {
    element: h("div", { class: "slab transport" }, button, h("label", { for: "moment" }, "Moment", scrub)),
    follow: () => { scrub.value = String(Math.round(1000 * lead.currentTime / lead.duration)); },
  };
}

/** Decoders drift: whoever is more than a frame off is set right. */
function keepTogether([lead, ...others], follow) {
  let frame = requestAnimationFrame(function step() {
    if (lead?.duration && !lead.paused) {
      follow();
      for (const clip of others) {
        const gap = Math.abs(clip.currentTime - lead.currentTime);
        if (gap > 0.04 && gap < lead.duration - 0.2) clip.currentTime = lead.currentTime;
      }
    }
    frame = requestAnimationFrame(step);
  });
  return () => cancelAnimationFrame(frame);
}
