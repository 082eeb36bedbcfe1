// What a clip begins with besides the sentence: pictures, or a video that it varies or continues.
import { stillOf } from "./api.js";
import { h } from "./dom.js";
import { fileField, pickField, rangeField } from "./fields.js";
import { bytes } from "./words.js";

const PICTURES = "image/jpeg,image/png,image/webp";
const VIDEOS = "video/mp4,video/webm,video/quicktime,.mp4,.webm,.mov";
const USES = { edit: "video", extend: "extension" };

/**
 * @param role "edit" to vary and "extend" to continue the source, null without one
 * @param source a video that was made here
 * @param changed is called when the way to make the clip, or what it begins with, has changed
 */
export function originField(can, { role, source }, changed) {
  let kind = source ? "video" : "text";
  let use = role ?? "edit";
  let strength;
  let model = null;
  const files = [fileField("input_reference", "First picture", PICTURES, changed),
    fileField("last_frame", "Last picture", PICTURES, changed)];
  const upload = fileField("video", "Video", VIDEOS, changed);
  const element = h("div", { class: "origin" });

  const takes = what => model.references.includes(what);
  const uses = () => Object.keys(USES).filter(name => takes(USES[name]));
  const pictures = () => files.filter(({ name }) => takes(name === "last_frame" ? "last_frame" : "first_frame"));
  const kinds = () => [["text", "Noise alone"], pictures().length ? ["pictures", "Pictures"] : null,
    uses().length ? ["video", "A video"] : null].filter(Boolean);
  const pick = set => value => { set(value); paint(); changed(); };

  /** Offers what the model can take. */
  function fit(next) {
    model = next;
    if (!source && !kinds().some(([name]) => name === kind)) kind = "text";
    if (!source && uses().length && !uses().includes(use)) use = uses()[0];
    paint();
  }
  function paint() {
    const focused = document.activeElement?.value;
    element.replaceChildren(...[
      source || kinds().length < 2 ? null : pickField("begin", "Begin with", kinds(), kind, pick(value => { kind = value; })),
      kind === "pictures" ? h("div", { class: "fields" }, pictures().map(one => one.element)) : null,
      kind === "video" ? video() : null].filter(Boolean));
    element.querySelector(`input[type="radio"][value="${focused}"]:checked`)?.focus();
  }
  function video() {
    const words = { edit: "Vary it", extend: "Continue it" };
    return h("div", { class: "source" },
      source ? h("img", { src: stillOf(source), alt: "" }) : upload.element,
      h("div", { class: "use" },
        source ? h("p", {}, use === "edit" ? "A variation of " : "What comes after ", h("a", { href: `#/video/${source.id}` }, "this clip"), ".") : null,
        !source && uses().length > 1 ? pickField("use", "What becomes of it", uses().map(name => [name, words[name]]), use, pick(value => { use = value; })) : null,
        use === "edit" ? [rangeField("strength", "Strength", { min: 0.1, max: 1, step: 0.05 }, strength ?? 0.7, value => { strength = value; }),
          h("p", { class: "small quiet" }, "Little keeps what it shows, 1 keeps nothing.")]
          : source ? null : h("p", { class: "small quiet" }, "The clip begins with the video and goes on from its end.")));
  }
  const chosen = () => kind === "text" ? [] : kind === "pictures" ? pictures() : source ? [] : [upload];

  return {
    element,
    fit,
    /** How the clip is to be made: "create", "edit" or "extend". */
    how: () => kind === "video" ? use : "create",
    files: () => Object.fromEntries(chosen().filter(one => one.file()).map(one => [one.name, one.file()])),
    /** What the order says of it. */
    fields: () => kind !== "video" ? {} : { ...(source ? { video: { id: source.id } } : {}),
      ...(use === "edit" && strength !== undefined ? { strength } : {}) },
    /** What is missing or too large, as a problem of its field; null if nothing is. */
    problem() {
      if (kind === "video" && source && !takes(USES[use])) {
        return { field: "model", message: `${model.id} can't ${use === "edit" ? "vary" : "continue"} a video; choose another one` };
      }
      const all = chosen();
      if (all.length && !all.some(one => one.file())) {
        return { field: all[0].name, message: kind === "video" ? "none is chosen" : "no picture is chosen" };
      }
      const sum = all.reduce((total, one) => total + (one.file()?.size ?? 0), 0);
      if (sum <= can.max_upload_bytes) return null;
      return { field: all.find(one => one.file()).name, message: `${bytes(sum)} ${all.length > 1 ? "together are" : "is"} too much to upload; at most ${bytes(can.max_upload_bytes)} are taken` };
    },
  };
}
