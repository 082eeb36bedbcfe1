// The frame: routes after the "#", so that every view can be linked to and survives a reload.
import { follow } from "./api.js";
import { h } from "./dom.js";
import { compare } from "./compare.js";
import { gallery } from "./gallery.js";
import { job } from "./job.js";
import { models } from "./models.js";
import { studio } from "./studio.js";
import { trouble } from "./words.js";

const VIEWS = new Map([["", ["studio", studio, "Studio"]], ["gallery", ["gallery", gallery, "Gallery"]],
  ["video", ["gallery", job, "Video"]], ["compare", ["compare", compare, "Compare"]], ["models", ["models", models, "Models"]]]);

const main = document.getElementById("main");
const listeners = new Set();
let leave = () => {};
let first = true;
let turn = 0;
// Whether the view could not be shown because nobody answered: it is tried again with the connection.
let unanswered = false;

/** Hears of all videos until the returned function is called. */
function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function route() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, argument] = path.split("/");
  const [nav, view, title] = VIEWS.get(name) ?? VIEWS.get("");
  leave();
  leave = () => {};
  document.title = `${title} – Galatea`;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === nav) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const mine = ++turn;
  const isCurrent = () => mine === turn;
  main.replaceChildren();
  unanswered = false;
  try {
    const parameters = new URLSearchParams(query ?? "");
    const left = await view(main, { argument: decoded(argument ?? ""), parameters, listen, isCurrent });
    if (isCurrent()) leave = left ?? (() => {});
    else left?.();
  } catch (problem) {
    if (isCurrent()) unanswered = problem.status === 0 || problem.status >= 500;
    if (isCurrent()) main.replaceChildren(h("h1", {}, title), h("p", { class: "notice bad", role: "alert" }, trouble(problem).text));
  }
  // A reader who follows a link is taken to the new view; one who just came is left alone.
  if (!first) {
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  first = false;
}

/** A part of an address; what was cut or typed wrong is taken as it is, and is nobody's id. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function up(isUp) {
  const state = document.getElementById("link-state");
  const text = isUp ? "live" : "connection lost, trying again";
  state.dataset.up = isUp;
  if (state.textContent !== text) state.textContent = text;
}

follow("/v1/events", {
  open: () => {
    up(true);
    if (unanswered) route();
    else listeners.forEach(listener => listener("open"));
  },
  error: () => up(false),
  state: video => listeners.forEach(listener => listener("state", video)),
  progress: report => listeners.forEach(listener => listener("progress", report)),
});
addEventListener("hashchange", route);
route();
