// Two clips side by side, always at the same moment.
import * as api from "./api.js";
import { clipOf, h, ratioOf } from "./dom.js";

export async function compare(main, { parameters, isCurrent }) {
  const done = (await api.list("completed")).data;
  const ids = ["a", "b"].map(name => parameters.get(name));
  const chosen = await Promise.all(ids.map(id => id ? (done.find(video => video.id === id) ?? api.video(id)) : null));
  if (!isCurrent()) return null;
  const players = chosen.map(video => video?.status === "completed" ? h("video", { src: clipOf(video), muted: true, loop: true,
    playsInline: true, preload: "auto", "aria-label": `Clip: ${video.prompt}` }) : null);
  const sides = chosen.map((video, index) => {
    const name = index === 0 ? "Left" : "Right";
    const select = h("select", { id: `side-${index}`, onchange: () => {
      const next = [...ids];
      next[index] = select.value;
      location.hash = `#/compare?${new URLSearchParams(next.map((id, i) => ["ab"[i], id ?? ""]).filter(([, id]) => id))}`;
    } }, h("option", { value: "" }, "Choose a clip"),
    [...done, ...(video && !done.includes(video) ? [video] : [])].map(option =>
      h("option", { value: option.id, selected: option.id === video?.id }, `${option.prompt.slice(0, 60)} – seed ${option.seed}`)));
    const box = h("div", { class: "stone" }, players[index]);
    if (video) box.style.setProperty("--ratio", ratioOf(video));
    return h("section", { "aria-label": name }, h("label", { for: `side-${index}` }, name), select,
      h("div", { class: "slab frame" }, box),
      video ? h("p", { class: "small quiet" }, `${video.num_inference_steps} steps, guidance ${video.guidance_scale}, seed ${video.seed} – `, h("a", { href: `#/video/${video.id}` }, "details")) : null);
  });
  const both = players.filter(Boolean);
  const lead = both[0];
  const button = h("button", { class: "primary", type: "button", disabled: !lead, onclick: () => toggle() }, "Play");
  const scrub = h("input", { type: "range", id: "moment", min: "0", max: "1000", value: "0", disabled: !lead, oninput: () => {
    pause();
    both.forEach(clip => { clip.currentTime = (clip.duration || 0) * scrub.value / 1000; });
  } });
  main.append(h("h1", {}, "Side by side"), h("div", { class: "pair" }, sides),
    h("div", { class: "slab transport" }, button, h("label", { for: "moment" }, "Moment", scrub)));

  const pause = () => { both.forEach(clip => clip.pause()); button.textContent = "Play"; };
  function toggle() {
    if (!lead.paused) return pause();
    both.slice(1).forEach(clip => { clip.currentTime = lead.currentTime; });
    button.textContent = "Pause";
    return Promise.all(both.map(clip => clip.play())).catch(pause);
  }
  // Decoders drift: whoever is more than half a frame off is set right.
  let frame = requestAnimationFrame(function step() {
    if (lead?.duration && !lead.paused) {
      scrub.value = String(Math.round(1000 * lead.currentTime / lead.duration));
      for (const clip of both.slice(1)) {
        const gap = Math.abs(clip.currentTime - lead.currentTime);
        if (gap > 0.04 && gap < lead.duration - 0.2) clip.currentTime = lead.currentTime;
      }
    }
    frame = requestAnimationFrame(step);
  });
  return () => cancelAnimationFrame(frame);
}
