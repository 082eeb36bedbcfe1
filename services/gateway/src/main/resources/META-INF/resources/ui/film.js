// The sculptor's view: the estimate after each step, to go through from noise to clip.
import * as api from "./api.js";
import { h } from "./dom.js";
import { shape, show, stone } from "./media.js";

export function filmView(video) {
  const { id } = video;
  const box = stone(video, "The estimate of the clip so far");
  const steps = [];
  const small = shape(video);
  small.hidden = true;
  const label = h("label", { for: "film" }, "The sculptor’s view");
  const output = h("output", { for: "film" });
  const slider = h("input", { type: "range", id: "film", min: "0", max: "0", value: "0", oninput: () => { following = false; paint(); } });
  const controls = h("div", { class: "film", hidden: true }, label, " ", output, slider,
    h("p", { class: "small quiet" }, "From noise on the left to the clip on the right."), small);
  let following = true;

  function paint() {
    if (steps.length === 0) return;
    const at = following ? steps.length - 1 : Number(slider.value);
    const step = steps[at];
    slider.max = String(Math.max(0, steps.length - 1));
    slider.value = String(at);
    slider.setAttribute("aria-valuetext", `after step ${step}`);
    output.textContent = `after step ${step}`;
    const source = api.previewAt(id, step);
    show(box, source, `The estimate after step ${step}`);
    // The clip itself is what comes last: beside it the estimate is of interest to who goes back.
    small.hidden = box.isConnected || following;
    if (!small.hidden) show(small, source, `The estimate after step ${step}`);
    controls.hidden = steps.length < 2;
  }
  function add(step) {
    if (steps.includes(step)) return;
    steps.push(step);
    steps.sort((a, b) => a - b);
    if (Number(slider.value) >= steps.length - 2) following = true;
    paint();
  }
  return {
    box,
    controls,
    add,
    /** To be called when the player has taken the place of the estimate: it moves under the slider. */
    paint,
    load: async () => (await api.previews(id).catch(() => ({ steps: [] }))).steps.forEach(add),
  };
}
