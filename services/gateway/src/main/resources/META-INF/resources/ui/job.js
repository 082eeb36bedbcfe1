// One video: while it is made, and when it is done.
import * as api from "./api.js";
import { announce, clipOf, duration, exact, h, isOpen, pill, place, ratioOf, show, stageName, stillOf, stone, whereabouts, word } from "./dom.js";
import { settingsOf } from "./studio.js";

export async function job(main, { argument: id, isCurrent }) {
  let video = await api.video(id);
  if (!isCurrent()) return null;
  document.title = `${video.prompt.slice(0, 60)} – Galatea`;
  const frame = h("div", { class: "slab frame" });
  const film = filmView(id, video);
  const state = h("p", { class: "row" });
  const bar = h("progress", { max: 100, "aria-label": "Progress" });
  const actions = h("div", { class: "row actions" });
  const facts = h("dl", { class: "facts" });
  const timings = h("ol", { class: "timings" });
  const history = h("ol", { class: "history", tabindex: "0", "aria-label": "Event history" });
  const trouble = h("div", {});
  let shown = null;

  function paint() {
    state.replaceChildren(pill(video), h("span", { class: "quiet where" }, isOpen(video)
      ? whereabouts(video) + (video.job?.eta_seconds === undefined ? "" : ` – about ${duration(video.job.eta_seconds)} left`) : ""));
    bar.hidden = !isOpen(video);
    bar.value = video.progress;
    if (shown !== video.status) {
      shown = video.status;
      frame.replaceChildren(video.status === "completed" ? player(video) : film.box, film.controls);
      film.paint();
      actions.replaceChildren(...actionsOf(video));
    }
    trouble.replaceChildren(...(video.error ? [h("p", { class: "notice bad" }, h("strong", {}, word(exact(video))), `: ${video.error.message} `, h("span", { class: "mono" }, video.error.code))] : []));
    facts.replaceChildren(...factsOf(video));
    timings.replaceChildren(...timingsOf(video));
    history.replaceChildren(...(video.job?.history ?? []).map(entry =>
      h("li", {}, h("time", { datetime: entry.at }, new Date(entry.at).toLocaleTimeString()), `${entry.stage ? `${stageName(entry.stage)}: ` : ""}${entry.what}`)));
  }

  main.append(h("article", { class: "job" },
    h("div", {}, frame),
    h("div", {},
      state, h("h1", {}, video.prompt), bar, trouble, actions,
      h("section", {}, h("h2", {}, "Settings"), facts),
      h("section", {}, h("h2", {}, "Time in each stage"), timings),
      h("section", {}, h("h2", {}, "What happened"), history))));
  paint();
  await film.load();

  let reported = 0;
  const close = isOpen(video) ? api.follow(`/v1/videos/${encodeURIComponent(id)}/events`, {
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
      if (report.progress !== undefined && report.progress > bar.value) bar.value = report.progress;
      if (place(report) && isOpen(video)) {
        state.querySelector(".where").textContent = place(report);
        if (report.progress >= reported + 25) {
          reported = report.progress;
          announce(`${report.progress} percent`);
        }
      }
    },
  }) : () => {};
  return () => close();
}

function player(video) {
  const box = h("div", { class: "stone" }, h("video", { src: clipOf(video), poster: stillOf(video), controls: true, loop: true,
    playsInline: true, preload: "auto", "aria-label": `Clip: ${video.prompt}` }));
  box.style.setProperty("--ratio", ratioOf(video));
  return box;
}

/** The sculptor's view: the estimate after each step, to go through from noise to clip. */
function filmView(id, video) {
  const box = stone(video, "The estimate of the clip so far");
  const steps = [];
  const small = h("div", { class: "stone", hidden: video.status !== "completed" });
  small.style.setProperty("--ratio", ratioOf(video));
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
    const source = `/v1/videos/${id}/previews/${step}`;
    show(box, source, `The estimate after step ${step}`);
    small.hidden = box.isConnected;
    if (!box.isConnected) show(small, source, `The estimate after step ${step}`);
    controls.hidden = steps.length < 2 && box.isConnected;
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

function actionsOf(video) {
  const act = work => async event => {
    event.currentTarget.disabled = true;
    try {
      await work();
    } catch (problem) {
      announce(problem.message);
      event.target.disabled = false;
    }
  };
  if (isOpen(video)) {
    return [h("button", { class: "danger", type: "button", onclick: act(() => api.cancel(video.id)) }, "Cancel")];
  }
  const again = video.num_frames ? [
    h("a", { class: "button", href: `#/?from=${video.id}` }, "Same settings"),
    h("a", { class: "button", href: `#/?from=${video.id}&seed=same` }, "Same seed"),
    h("button", { type: "button", onclick: act(async () => {
      const made = await api.create({ ...settingsOf(video), seed: api.randomSeed() }, api.newKey());
      location.hash = `#/video/${made.id}`;
    }) }, "Vary seed")] : [];
  const files = video.status === "completed" ? [
    h("a", { class: "button", href: clipOf(video), download: `galatea-${video.id}.mp4` }, "MP4"),
    h("a", { class: "button", href: `#/compare?a=${video.id}` }, "Compare"),
    h("a", { class: "button", href: `#/?edit=${video.id}` }, "Vary clip"),
    h("a", { class: "button", href: `#/?extend=${video.id}` }, "Continue clip")] : [];
  return [...files,
    h("a", { class: "button", href: `/v1/videos/${video.id}`, download: `galatea-${video.id}.json` }, "JSON"),
    ...again,
    h("button", { class: "plain danger", type: "button", onclick: act(async () => {
      if (!confirm("Delete this video and its files for good?")) throw new Error("Not deleted.");
      await api.remove(video.id);
      location.hash = "#/gallery";
    }) }, "Delete")];
}

const ORIGINS = { remix: "Made with the settings of", edit: "A variation of", extension: "The continuation of" };

function factsOf(video) {
  const pairs = [
    ["Size", video.size], ["Length", video.num_frames ? `${video.num_frames} frames, ${video.seconds} s` : video.seconds],
    ["Steps", video.num_inference_steps], ["Guidance", video.guidance_scale], ["Seed", video.seed],
    ["Scheduler", video.job?.scheduler], ["Model", video.model],
    ["Ordered", new Date(video.created_at * 1000).toLocaleString()],
    ["Not in the clip", video.job?.negative_prompt || null, true], ["Model digest", video.job?.bundle, true],
    ["Id", video.id, true],
  ];
  const made = pairs.filter(([, value]) => value !== undefined && value !== null).map(([name, value, wide]) =>
    h("div", { class: wide ? "wide" : null }, h("dt", {}, name), h("dd", { class: wide && name !== "Not in the clip" ? "mono" : null }, String(value))));
  const from = video.job?.made_from;
  if (from) {
    made.push(h("div", { class: "wide" }, h("dt", {}, ORIGINS[from.by]), h("dd", {},
      from.id ? h("a", { class: "mono", href: `#/video/${from.id}` }, from.id) : "an uploaded video")));
  }
  return made;
}

function timingsOf(video) {
  const stages = (video.job?.stages ?? []).filter(stage => stage.stage !== "admission");
  const longest = Math.max(1e-9, ...stages.map(stage => stage.seconds ?? 0));
  if (stages.length === 0) return [h("li", { class: "quiet" }, "No stage has begun.")];
  return stages.map(stage => {
    const bar = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    bar.setAttribute("aria-hidden", "true");
    const fill = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    fill.setAttribute("height", "100%");
    fill.setAttribute("width", `${(100 * (stage.seconds ?? 0)) / longest}%`);
    bar.append(fill);
    return h("li", { title: stage.worker ?? "" },
      h("span", {}, stageName(stage.stage), stage.attempts > 1 ? h("span", { class: "small quiet" }, ` attempt ${stage.attempts}`) : null),
      bar, h("span", { class: "n" }, duration(stage.seconds)));
  });
}
