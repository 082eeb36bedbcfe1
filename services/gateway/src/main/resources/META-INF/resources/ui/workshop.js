// The stages at work, the videos in hand, and the queue.
import * as api from "./api.js";
import { announce, h, written } from "./dom.js";
import { playIn, playOn, previewOf, show, stone } from "./media.js";
import { duration, forecast, isInHand, place, stageName, trouble, whereabouts } from "./words.js";

/** So many videos in hand are shown with their pictures. */
const MOST_LARGE = 4;
/** And so many that were finished lately. */
export const MOST_LATEST = 4;

export function workshop() {
  const stages = h("ol", { class: "slab stages" });
  const bench = h("ul", { class: "bench" });
  const waiting = h("ol", { class: "slab queue", tabIndex: 0, "aria-labelledby": "queue-title" });
  const title = h("h3", { id: "queue-title" });
  const queue = h("div", { class: "waiting", hidden: true }, title, waiting);
  const latest = latestView();
  const load = h("p", { class: "quiet small" });
  const nothing = h("div", { class: "slab empty" }, h("p", {}, "The bench is empty."), h("p", {}, "What you order appears here, out of the noise."));
  const large = new Map();
  const rows = new Map();
  const element = h("section", { "aria-labelledby": "pipeline-title" },
    h("div", { class: "row apart" }, h("h2", { id: "pipeline-title" }, "In the workshop"), load), stages, bench, nothing, queue, latest.element);

  function update(now) {
    load.textContent = now.open === 0 ? "nothing to do" : `${now.open} of at most ${now.limit}`;
    stages.replaceChildren(...now.stages.map(stageView));
    const inHand = now.videos.filter(isInHand).slice(0, MOST_LARGE);
    const others = now.videos.filter(video => !inHand.includes(video));
    sync(bench, large, inHand, pieceView);
    sync(waiting, rows, others, rowView);
    nothing.hidden = now.videos.length > 0;
    queue.hidden = others.length === 0;
    const unseen = now.open - now.videos.length;
    title.textContent = `${others.length + unseen} waiting${unseen > 0 ? `, the first ${others.length} shown` : ""}`;
  }
  return { element, update, finished: latest.add, progress: report => large.get(report.video_id)?.progress(report) ?? false };
}

/** The clips that were finished lately; one that has just come plays once. */
function latestView() {
  const list = h("ul", { class: "latest" });
  const element = h("div", { class: "waiting", hidden: true }, h("h3", {}, "Finished lately"), list);
  function add(video, isNew) {
    if ([...list.children].some(other => other.dataset.id === video.id)) return;
    const picture = stone(video, "");
    const link = h("a", { href: `#/video/${encodeURIComponent(video.id)}`, "aria-label": video.prompt, title: video.prompt }, picture);
    playOn(link, picture, video);
    list.prepend(h("li", { "data-id": video.id }, link));
    while (list.children.length > MOST_LATEST) list.lastChild.remove();
    element.hidden = false;
    if (isNew) playIn(picture, video, false);
  }
  return { element, add };
}

/** Gives a list an element for each video, and keeps those that it has. */
function sync(list, views, videos, view) {
  for (const [id, { element }] of views) {
    if (videos.some(video => video.id === id)) continue;
    element.remove();
    views.delete(id);
  }
  videos.forEach((video, at) => {
    if (!views.has(video.id)) views.set(video.id, view(video));
    const { element, update } = views.get(video.id);
    update(video);
    if (list.children[at] !== element) list.insertBefore(element, list.children[at] ?? null);
  });
}

function stageView(stage) {
  const busy = stage.workers.filter(worker => worker.video_id).length;
  return h("li", {},
    h("h3", {}, stageName(stage.stage)),
    h("p", { class: stage.running ? "count busy" : "count" }, String(stage.running)),
    h("p", { class: "small quiet" }, `${stage.waiting} waiting`),
    h("p", { class: "small quiet" }, stage.workers.length === 0 ? "no worker" : `${busy} of ${stage.workers.length} busy`));
}

function stopButton(video, text) {
  const stop = h("button", { class: "plain danger", type: "button", "aria-label": `Cancel: ${video.prompt}`, onclick: async () => {
    stop.disabled = true;
    await api.cancel(video.id).catch(problem => { announce(trouble(problem).text); stop.disabled = false; });
  } }, text);
  return stop;
}

const linkTo = video => written("a", { class: "prompt", href: `#/video/${encodeURIComponent(video.id)}` }, video.prompt);

/** A video that waits, in a line. */
function rowView(video) {
  const number = h("span", { class: "quiet n" });
  const eta = h("span", { class: "quiet eta" });
  const element = h("li", { "data-id": video.id }, number, linkTo(video), eta, stopButton(video, "✕"));
  return {
    element,
    update(now) {
      number.textContent = now.job?.queue_position ?? "";
      element.title = whereabouts(now);
      eta.textContent = now.job?.eta_seconds === undefined ? "" : duration(now.job.eta_seconds);
    },
  };
}

/** A video in hand, with the estimate of it. */
function pieceView(video) {
  const picture = stone(video, "");
  let newest = 0;
  // A report is ahead of the state that repeats it: what was seen is not taken back.
  const appear = source => {
    const step = Number(source.slice(source.lastIndexOf("/") + 1));
    if (step < newest) return;
    newest = step;
    show(picture, source, "");
  };
  const bar = h("progress", { max: 100, "aria-label": `Progress of: ${video.prompt}` });
  const where = h("span", { class: "small quiet where" });
  const eta = h("span", { class: "small quiet" });
  const element = h("li", { class: "slab piece", "data-id": video.id }, picture,
    h("div", {}, linkTo(video), bar, h("div", { class: "row apart" }, where, eta, stopButton(video, "Cancel"))));
  return {
    element,
    update(now) {
      bar.value = Math.max(bar.value, now.progress);
      where.textContent = whereabouts(now);
      eta.textContent = forecast(now);
      const source = previewOf(now);
      if (source) appear(source);
    },
    /** Whether the report needs no further look. */
    progress(report) {
      if (report.progress !== undefined) bar.value = Math.max(bar.value, report.progress);
      if (report.kind === "preview") appear(report.preview);
      if (place(report)) where.textContent = place(report);
      return report.kind === "preview" || report.kind === "checkpoint" || place(report) !== null;
    },
  };
}
