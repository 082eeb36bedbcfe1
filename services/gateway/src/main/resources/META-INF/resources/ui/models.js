// The models that are served: what each makes, under which licence, and what it needs.
import * as api from "./api.js";
import { bar, h } from "./dom.js";
import { bytes, stageName } from "./words.js";

export async function models(main, { isCurrent }) {
  const [cards, offered] = await Promise.all([api.models(), api.capabilities()]);
  if (!isCurrent()) return null;
  main.append(h("h1", {}, "Models"),
    h("p", { class: "lead" }, "What each model makes, and what its weights take in memory where it runs."),
    h("ul", { class: "models" }, cards.data.map(card =>
      model(card, offered.models.find(candidate => candidate.id === card.id)))));
  return null;
}

function model(card, offer) {
  return h("li", { class: "slab model" },
    h("h2", {}, card.id, " ", h("span", { class: "small quiet" }, card.version),
      card.default ? h("span", { class: "pill" }, "Default") : null),
    h("p", {}, card.description),
    offer ? makes(offer) : null,
    h("dl", { class: "facts" },
      fact("Licence", card.license),
      fact("Schedulers", card.schedulers.join(", "))),
    h("h3", {}, "Weights in memory"),
    weights(card.memory));
}

/** The scales at which sizes are drawn larger. */
const larger = ({ scales = [1] }) => scales.length === 1 ? "" : `, and ${scales.slice(1).join(", ")} times as large each way`;

function makes({ limits, defaults, fps, references, reference_required }) {
  const seconds = frames => `${(frames / fps).toFixed(1)} s`;
  return h("dl", { class: "facts" },
    fact("Sizes", `${range(limits.width)} × ${range(limits.height)} px${larger(limits)}`),
    fact("Lengths", `${range(limits.num_frames)} frames, up to ${seconds(limits.num_frames.max)}`),
    fact("Unless asked otherwise", `${defaults.width} × ${defaults.height} px, ${seconds(defaults.num_frames)}, ${
      defaults.num_inference_steps} steps, guidance ${defaults.guidance_scale}`),
    fact("Frames per second", fps),
    fact("Begins from", [...(reference_required ? [] : ["a sentence"]),
      ...references.map(reference => reference.replaceAll("_", " "))].join(", ")));
}

function weights({ weight_bytes, total_weight_bytes }) {
  const roles = Object.entries(weight_bytes);
  return h("ul", { class: "timings" },
    roles.map(([role, part]) => h("li", {}, h("span", {}, roleName(role)), bar(part / total_weight_bytes), h("span", { class: "n" }, bytes(part)))),
    h("li", {}, h("strong", {}, "Together"), h("span", {}), h("span", { class: "n" }, bytes(total_weight_bytes))));
}

const fact = (term, text) => h("div", {}, h("dt", {}, term), h("dd", {}, String(text)));
const range = ({ min, max }) => min === max ? `${min}` : `${min}–${max}`;
/** "textEncoder" is "Text encoder". */
const roleName = role => stageName(role.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`));
