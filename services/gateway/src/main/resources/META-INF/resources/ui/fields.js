// The controls of an order. Each shows the model's usual value until somebody chooses another one, and says only then.
import { h } from "./dom.js";
import { has, scaleOf } from "./order.js";
import { bytes } from "./words.js";

/** So many choices are listed; of more, the number is written. */
const MOST_LISTED = 120;

const labelled = (id, label, ...content) => h("div", { class: "field" }, h("label", { for: id }, label), content);

/** A value that the model leaves no choice of. */
export const fixed = (label, text, why = "as the model was made") => h("div", { class: "field" },
  h("p", { class: "label" }, label), h("p", { class: "quiet fixed" }, `${text}, ${why}`));

/** A choice of whole numbers; a note where there is no choice. */
export function gridField(id, label, range, value, describe, choose) {
  const { min, max, step } = range;
  if (min === max) return fixed(label, describe(min));
  if ((max - min) / step >= MOST_LISTED) {
    return labelled(id, label, h("input", { type: "number", id, min: String(min), max: String(max), step: String(step),
      value: String(value), oninput: event => has(range, event.target.valueAsNumber) && choose(event.target.valueAsNumber) }));
  }
  const options = [];
  for (let option = min; option <= max; option += step) {
    options.push(h("option", { value: String(option), selected: option === value }, describe(option)));
  }
  return labelled(id, label, h("select", { id, oninput: event => choose(Number(event.target.value)) }, options));
}

/** A choice of texts, given as [value, words]; nothing where there is no choice. */
export const choiceField = (id, label, options, chosen, choose) => options.length < 2 ? null
  : labelled(id, label, h("select", { id, oninput: event => choose(event.target.value) },
    options.map(([value, words]) => h("option", { value, selected: value === chosen }, words))));

/** A number on a scale. */
export function rangeField(id, label, { min, max, step }, value, choose) {
  const output = h("output", { for: id }, String(value));
  return labelled(id, [label, " ", output], h("input", { type: "range", id, min: String(min), max: String(max),
    step: String(step), value: String(value), oninput: event => {
      output.textContent = event.target.value;
      choose(Number(event.target.value));
    } }));
}

/** A line of text. */
export const textField = (id, label, value, choose, { note, ...props } = {}) => labelled(id, label,
  h("input", { id, value: String(value), autocomplete: "off", "aria-describedby": note ? `${id}-note` : null, ...props,
    oninput: event => choose(event.target.value) }),
  note ? h("p", { class: "small quiet", id: `${id}-note` }, note) : null);

/** One of a few, all in sight. */
export const pickField = (name, legend, options, chosen, choose) => h("fieldset", { class: "pick" },
  h("legend", {}, legend),
  h("div", { class: "segments" }, options.map(([value, words]) => h("label", {},
    h("input", { type: "radio", name, value, checked: value === chosen, onchange: () => choose(value) }),
    h("span", {}, words)))));

/** The model's usual size and its largest one, upright too where it can, and any other by its sides. */
export function sizeField(limits, usual, chosen, choose) {
  const { scales = [1] } = limits;
  const scale = scaleOf(limits, usual.width, usual.height);
  const [width, height] = [limits.width, limits.height].map(range => scaled(range, scale));
  if (scales.length === 1 && width.min === width.max && height.min === height.max) return fixed("Size", `${width.min} × ${height.min} px`);
  const sizes = [[usual.width, usual.height], ...scales.map(one => [limits.width.max * one, limits.height.max * one])].flatMap(([w, t]) => [[w, t], [t, w]])
    .filter(([w, t], at, all) => scaleOf(limits, w, t) && all.findIndex(one => one[0] === w && one[1] === t) === at);
  const isChosen = ([w, t]) => w === chosen.width && t === chosen.height;
  const now = { width: chosen.width, height: chosen.height };
  const side = (id, label, range) => gridField(id, label, range, chosen[id], value => `${value} px`, value => {
    now[id] = value;
    choose({ ...now });
  });
  const sides = h("div", { class: "fields", hidden: sizes.some(isChosen) }, side("width", "Width", width), side("height", "Height", height));
  const select = h("select", { id: "size", oninput: () => {
    sides.hidden = select.value !== "";
    const [w, t] = (select.value || `${now.width}x${now.height}`).split("x").map(Number);
    Object.assign(now, { width: w, height: t });
    choose({ ...now });
  } },
    sizes.map(size => h("option", { value: size.join("x"), selected: isChosen(size) }, `${size.join(" × ")} px${proportion(...size)}`)),
    h("option", { value: "", selected: !sizes.some(isChosen) }, "another size"));
  return labelled("size", "Size", select, sides);
}

/** A range of the API at another scale. */
const scaled = ({ min, max, step }, by) => ({ min: min * by, max: max * by, step: step * by });

/** The shape, if it has a name. */
function proportion(width, height) {
  const divisor = (a, b) => b === 0 ? a : divisor(b, a % b);
  const unit = divisor(width, height);
  return Math.max(width, height) / unit > 21 ? "" : ` (${width / unit}:${height / unit})`;
}

/** A file, chosen or dropped; of a picture, what is on it is drawn. */
export function fileField(name, label, accept, changed) {
  let file = null;
  const picture = h("canvas", { hidden: true });
  const what = h("p", { class: "small quiet", hidden: true });
  const input = h("input", { type: "file", id: name, accept, onchange: () => take() });
  const clear = h("button", { class: "plain", type: "button", hidden: true, "aria-label": `Without: ${label}`,
    onclick: () => { input.value = ""; take(); input.focus(); } }, "Remove");
  const take = () => {
    file = input.files[0] ?? null;
    picture.hidden = true;
    what.hidden = clear.hidden = file === null;
    if (file) {
      what.textContent = `${file.name}, ${bytes(file.size)}`;
      draw(file, picture, () => file);
    }
    changed();
  };
  const element = h("div", { class: "drop", ondragover: event => event.preventDefault(),
    ondrop: event => {
      event.preventDefault();
      if (event.dataTransfer.files.length === 0) return;
      input.files = event.dataTransfer.files;
      take();
    } }, h("label", { for: name }, label), picture, what, h("div", { class: "row" }, input, clear));
  return { name, label, file: () => file, element };
}

/** Draws a file if it is a picture and still the one; needs no address, so no policy has to allow one. */
async function draw(file, canvas, current) {
  const picture = file.type.startsWith("image/") ? await createImageBitmap(file).catch(() => null) : null;
  if (!picture || current() !== file) return;
  const scale = Math.min(1, 480 / Math.max(picture.width, picture.height));
  canvas.width = Math.max(1, Math.round(scale * picture.width));
  canvas.height = Math.max(1, Math.round(scale * picture.height));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  canvas.hidden = false;
}
