// What one asks for, and the workshop that makes it.
import * as api from "./api.js";
import { compose } from "./compose.js";
import { h } from "./dom.js";
import { remembered, settingsOf } from "./order.js";
import { MOST_LATEST, workshop } from "./workshop.js";

export async function studio(main, { parameters, listen, isCurrent }) {
  const can = await api.capabilities();
  const role = ["edit", "extend"].find(name => parameters.get(name)) ?? null;
  const [source, copied] = await Promise.all([role ? parameters.get(role) : null, parameters.get("from")]
    .map(id => id ? api.video(id) : null));
  if (!isCurrent()) return null;
  const bench = workshop();
  const form = compose(can, start(source, copied, parameters), { role, source }, made => {
    if (made.batch) refresh();
    else location.hash = `#/video/${encodeURIComponent(made.id)}`;
  });
  main.append(
    h("h1", {}, "Say what is in the stone."),
    h("div", { class: "studio" }, form.element, bench.element));
  async function refresh() {
    const now = await api.pipeline().catch(() => null);
    if (now && isCurrent()) {
      bench.update(now);
      form.update(now);
    }
  }
  api.list({ status: "completed", limit: MOST_LATEST }).then(page => page.data.reverse().forEach(video => bench.finished(video, false)), () => {});
  let due = null;
  const soon = () => { due ??= setTimeout(() => { due = null; refresh(); }, 250); };
  await refresh();
  // Events tell at once; the clock is for forecasts and for what was missed.
  const clock = setInterval(() => document.hidden || refresh(), 4000);
  const silence = listen((kind, data) => {
    if (kind === "state" && data.status === "completed") bench.finished(data, true);
    if (kind !== "progress" || !bench.progress(data)) soon();
  });
  return () => { clearInterval(clock); clearTimeout(due); silence(); };
}

/** The settings to begin with: another video's, else those of the last visit. */
function start(source, copied, parameters) {
  const from = copied ?? source;
  if (!from) return remembered();
  const settings = settingsOf(from);
  if (parameters.get("seed") !== "same") delete settings.seed;
  // A continuation is as long as what is added, not as what it continues.
  if (parameters.has("extend")) delete settings.num_frames;
  return settings;
}
