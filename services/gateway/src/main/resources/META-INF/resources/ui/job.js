// One video: while it is made, and when it is done.
import * as api from "./api.js";
import { announce, ask, bar, h, menu, written } from "./dom.js";
import { filmView } from "./film.js";
import { isCalm, pill, shape } from "./media.js";
import { settingsOf } from "./order.js";
import { duration, exact, failure, forecast, isOpen, moment, place, stageName, trouble, warnings, whereabouts, word } from "./words.js";

export async function job(main, { argument: id, isCurrent }) {
  let [video, can] = await Promise.all([api.video(id), api.capabilities().catch(() => null)]);
  if (!isCurrent()) return null;
  document.title = `${video.prompt.slice(0, 60)} – Galatea`;
  const frame = h("div", { class: "slab frame" });
  const film = filmView(video);
  const state = h("p", { class: "row" });
  const progress = h("progress", { max: 100, "aria-label": "Progress" });
  const actions = h("div", { class: "row actions" });
  const bad = h("p", { class: "notice bad", role: "alert", hidden: true });
  const facts = h("dl", { class: "facts" });
  const timings = h("ol", { class: "timings" });
  const history = h("ol", { class: "history", tabindex: "0", "aria-label": "Event history" });
  const remarks = h("div", { class: "remarks" });
  let shown = null;

  /** Runs what a button asks for, and says if it fails. */
  const act = work => async event => {
    const button = event.currentTarget;
    button.disabled = true;
    bad.hidden = true;
    try {
      await work();
    } catch (problem) {
      bad.textContent = trouble(problem).text;
      bad.hidden = false;
    } finally {
      button.disabled = false;
    }
  };
  function paint() {
    state.replaceChildren(pill(video), h("span", { class: "quiet where" }, isOpen(video)
      ? [whereabouts(video), forecast(video)].filter(Boolean).join(" – ") : ""));
    progress.hidden = !isOpen(video);
    progress.value = video.progress;
    if (shown !== video.status) {
      shown = video.status;
      frame.replaceChildren(video.status === "completed" ? player(video) : film.box, film.controls);
      film.paint();
      actions.replaceChildren(...actionsOf(video, can, act));
    }
    remarks.replaceChildren(
      ...(video.error ? [h("p", { class: "notice bad" }, h("strong", {}, word(exact(video))), `: ${failure(video.error)} `, h("span", { class: "mono" }, video.error.code))] : []),
      ...warnings(video).map(text => written("p", { class: "notice" }, text)));
    facts.replaceChildren(...factsOf(video));
    timings.replaceChildren(...timingsOf(video));
    history.replaceChildren(...(video.job?.history ?? []).map(entry =>
      h("li", {}, h("time", { datetime: entry.at }, new Date(entry.at).toLocaleTimeString("en-GB")), `${entry.stage ? `${stageName(entry.stage)}: ` : ""}${entry.what}`)));
  }

  main.append(h("article", { class: "job" },
    h("div", {}, frame),
    h("div", {},
      state, written("h1", {}, video.prompt), progress, remarks, actions, bad,
      h("section", {}, h("h2", {}, "Settings"), facts),
      h("section", {}, h("h2", {}, "Time in each stage"), timings),
      h("section", {}, h("h2", {}, "What happened"), history))));
  paint();
  await film.load();

  let reported = 0;
  const close = isOpen(video) ? api.follow(api.eventsOf(id), {
    state: now => {
      const before = video.status;
      video = now;
      paint();
      if (before !== now.status) announce(`The clip is ${word(exact(now)).toLowerCase()}.`);
      if (!isOpen(now)) {
        close();
        // The stream ends with the state; the history in full is in the document.
        api.video(id).then(full => { video = full; paint(); }).catch(() => {});
        film.load();
      }
    },
    progress: report => {
      if (report.kind === "preview") film.add(report.step);
      if (report.progress !== undefined && report.progress > progress.value) progress.value = report.progress;
      if (place(report) && isOpen(video)) {
        state.querySelector(".where").textContent = [place(report), forecast(video)].filter(Boolean).join(" – ");
        if (report.progress >= reported + 25) {
          reported = report.progress;
          announce(`${report.progress} percent`);
        }
      }
    },
  }) : () => {};
  return () => close();
}

const player = video => shape(video, h("video", { src: api.clipOf(video), poster: api.stillOf(video), controls: true, loop: true,
  muted: true, autoplay: !isCalm(), playsInline: true, preload: "auto", "aria-label": `Clip: ${video.prompt}` }));

const link = (text, href, props = {}) => h("a", { class: "button", href, ...props }, text);
const studio = parameters => `#/?${new URLSearchParams(parameters)}`;

/** What can be done with a video: at most three things at once, and the rest on demand. */
function actionsOf(video, can, act) {
  const { id } = video;
  const button = (text, work, className = null) => h("button", { type: "button", class: className, onclick: act(work) }, text);
  if (isOpen(video)) return [button("Cancel", () => api.cancel(id), "danger")];
  const takes = can?.models.find(model => model.id === video.model)?.references ?? [];
  const from = video.job?.made_from;
  // What a variation or a continuation was made from is part of its settings.
  const again = { ...(from?.id && from.by !== "remix" ? { [from.by === "edit" ? "edit" : "extend"]: from.id } : {}), from: id };
  const isDone = video.status === "completed";
  const settings = text => video.num_frames ? link(text, studio(again)) : link(text, studio({ from: id }));
  const rest = [
    isDone ? settings("Same settings") : null,
    video.seed === undefined ? null : link("Same seed", studio({ ...again, seed: "same" })),
    isDone && !from ? button("Vary seed", async () => {
      const { seed, ...order } = settingsOf(video);
      const made = await api.submit("create", order, api.newKey());
      location.hash = `#/video/${encodeURIComponent(made.id)}`;
    }) : null,
    isDone ? link("Compare", `#/compare?${new URLSearchParams({ a: id })}`) : null,
    link("JSON", api.documentOf(video), { download: `galatea-${id}.json` }),
    button("Delete", async () => {
      if (!await ask("Delete this video for good?", "Its clip, its pictures and its settings go.", "Delete video")) return;
      await api.remove(id);
      location.hash = "#/gallery";
    }, "danger")];
  return [...(isDone ? [
    link("Download", api.clipOf(video), { class: "button primary", download: `galatea-${id}.mp4` }),
    takes.includes("video") ? link("Vary clip", studio({ edit: id })) : null,
    takes.includes("extension") ? link("Continue clip", studio({ extend: id })) : null] : [settings("Try again")]).filter(Boolean),
  menu("More", rest)];
}

const ORIGINS = { remix: "Made with the settings of", edit: "A variation of", extension: "The continuation of" };

function factsOf(video) {
  const pairs = [
    ["Size", video.size], ["Length", video.num_frames ? `${video.num_frames} frames, ${video.seconds} s` : video.seconds],
    ["Steps", video.num_inference_steps], ["Guidance", video.guidance_scale], ["Seed", video.seed],
    ["Scheduler", video.job?.scheduler], ["Model", video.model],
    ["Ordered", moment(video.created_at)],
    ["Kept until", video.expires_at ? moment(video.expires_at) : null],
    ["Not in the clip", video.job?.negative_prompt || null, true], ["Model digest", video.job?.bundle, true],
    ["Id", video.id, true],
  ];
  const made = pairs.filter(([, value]) => value !== undefined && value !== null).map(([name, value, wide]) =>
    h("div", { class: wide ? "wide" : null }, h("dt", {}, name), written("dd", { class: wide && name !== "Not in the clip" ? "mono" : null }, String(value))));
  const from = video.job?.made_from;
  if (from) {
    made.push(h("div", { class: "wide" }, h("dt", {}, ORIGINS[from.by]), h("dd", {},
      from.id ? h("a", { class: "mono", href: `#/video/${encodeURIComponent(from.id)}` }, from.id) : "an uploaded video")));
  }
  return made;
}

function timingsOf(video) {
  const stages = (video.job?.stages ?? []).filter(stage => stage.stage !== "admission");
  const longest = Math.max(1e-9, ...stages.map(stage => stage.seconds ?? 0));
  if (stages.length === 0) return [h("li", { class: "quiet" }, "No stage has begun.")];
  return stages.map(stage => h("li", { title: stage.worker ?? "" },
    h("span", {}, stageName(stage.stage), stage.attempts > 1 ? h("span", { class: "small quiet" }, ` attempt ${stage.attempts}`) : null),
    bar((stage.seconds ?? 0) / longest), h("span", { class: "n" }, duration(stage.seconds))));
}
