// Everything that was asked for, by day.
import * as api from "./api.js";
import { cardView, move } from "./card.js";
import { announce, ask, h } from "./dom.js";
import { count, day, trouble } from "./words.js";

const FILTERS = [["", "All"], ["completed", "Done"], ["in_progress", "In the making"], ["queued", "Waiting"], ["failed", "Failed"]];
const ORDERS = [["", "Newest first"], ["asc", "Oldest first"]];
const TIMES = [["", "Any time"], ["1", "Today"], ["7", "Last 7 days"], ["30", "Last 30 days"]];
/** So many are shown at once; to find them, so many pages are read. */
const SHOWN = 24;
const MOST_PAGES = 10;

/** The beginning of the first of so many days, in seconds. */
function since(days) {
  if (!days) return 0;
  const today = new Date();
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() - Number(days) + 1).getTime() / 1000;
}

export async function gallery(main, { parameters, listen, isCurrent }) {
  const query = { status: "", q: "", order: "", days: "", ...Object.fromEntries(parameters) };
  const cards = new Map();
  const sections = new Map();
  const chosen = selection(cards, remove);
  const days = h("div", { class: "days", onkeydown: event => move(event, days), "aria-describedby": "keys", role: "group", "aria-label": "Clips" });
  const more = h("button", { type: "button", onclick: () => load().catch(complain) }, "Show more");
  const found = h("p", { class: "small quiet", role: "status" });
  const nothing = h("div", { class: "slab empty", hidden: true }, h("p", {}), h("p", {}, h("a", { href: "#/" }, "Order a clip")));
  const bad = h("p", { class: "notice bad", role: "alert", hidden: true });
  let last = null;
  let seen = 0;
  let hasMore = true;
  let reading = 0;

  const complain = problem => {
    bad.hidden = false;
    bad.textContent = trouble(problem).text;
  };
  const words = () => query.q.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = video => words().every(word => video.prompt.toLowerCase().includes(word)) && video.created_at >= since(query.days);

  /** Reads pages until there is enough to show. */
  async function load() {
    const mine = ++reading;
    const goal = cards.size + SHOWN;
    more.disabled = true;
    try {
      for (let pages = 0; hasMore && cards.size < goal && pages < MOST_PAGES; pages++) {
        const page = await api.list({ status: query.status, order: query.order, after: last, limit: words().length ? 100 : SHOWN });
        if (!isCurrent() || mine !== reading) return;
        last = page.last_id ?? last;
        hasMore = page.has_more && (query.order === "asc" || page.data.every(video => video.created_at >= since(query.days)));
        seen += page.data.length;
        for (const video of page.data) if (matches(video) && !cards.has(video.id)) put(video, true);
      }
    } finally {
      if (mine === reading) more.disabled = false;
    }
    sayHowMany();
  }
  async function again() {
    cards.clear();
    sections.clear();
    days.replaceChildren();
    [last, seen, hasMore, bad.hidden] = [null, 0, true, true];
    chosen.clear();
    const kept = new URLSearchParams(Object.entries(query).filter(([, value]) => value));
    history.replaceState(null, "", `#/gallery${kept.size ? `?${kept}` : ""}`);
    await load();
  }
  function sayHowMany() {
    const searched = query.q || query.days;
    more.hidden = !hasMore;
    more.textContent = searched ? "Search further" : "Show more";
    found.textContent = searched ? `${cards.size} found among ${count(seen, "video")}${hasMore ? "; there are more" : ""}` : "";
    nothing.hidden = cards.size > 0;
    nothing.firstChild.textContent = searched || query.status ? "Nothing is like that." : "Nothing here yet.";
  }
  function sectionOf(video, isLast) {
    const name = day(video.created_at);
    if (!sections.has(name)) {
      const list = h("ul", { class: "grid" });
      const section = h("section", {}, h("h2", {}, name), list);
      if (isLast) days.append(section);
      else days.prepend(section);
      sections.set(name, list);
    }
    return sections.get(name);
  }
  function put(video, isLast) {
    const card = cardView(video, isPicked => chosen.set(video.id, isPicked));
    cards.set(video.id, card);
    const list = sectionOf(video, isLast);
    if (isLast) list.append(card.element);
    else list.prepend(card.element);
  }
  function meet(video) {
    if (cards.has(video.id)) cards.get(video.id).update(video);
    else if (query.order !== "asc" && (!query.status || video.status === query.status) && matches(video)) put(video, false);
    sayHowMany();
  }
  // What happened while the connection was lost.
  async function catchUp() {
    const page = await api.list({ status: query.status });
    if (isCurrent()) page.data.reverse().forEach(meet);
  }
  async function remove(ids) {
    const left = [];
    for (const id of ids) {
      await api.remove(id).then(() => drop(id), problem => problem.status === 404 ? drop(id) : left.push(problem));
      if (!isCurrent()) return;
    }
    sayHowMany();
    if (left.length) complain({ ...left[0], message: `${left.length} of ${ids.length} could not be deleted: ${left[0].message}` });
    else announce(`${count(ids.length, "video")} deleted.`);
  }
  function drop(id) {
    const list = cards.get(id)?.element.parentElement;
    cards.get(id)?.element.remove();
    cards.delete(id);
    chosen.set(id, false);
    if (list && list.children.length === 0) {
      list.parentElement.remove();
      for (const [name, section] of sections) if (section === list) sections.delete(name);
    }
  }

  main.append(h("h1", {}, "Gallery"), toolbar(query, again, complain),
    h("p", { class: "visually-hidden", id: "keys" }, "Arrow keys go from clip to clip."),
    found, bad, days, nothing, h("div", { class: "more" }, more), chosen.element);
  // Listens before it asks, so that nothing falls in between.
  const leave = listen((kind, data) => {
    if (kind === "progress" && data.kind === "preview") cards.get(data.video_id)?.preview(data.preview);
    if (kind === "state") meet(data);
    if (kind === "open") catchUp().catch(complain);
  });
  try {
    await load();
  } catch (problem) {
    leave();
    throw problem;
  }
  return leave;
}

function toolbar(query, again, complain) {
  let due = null;
  const renew = () => again().catch(complain);
  const choice = (name, label, options) => h("label", { class: "inline" }, h("span", { class: "visually-hidden" }, label),
    h("select", { onchange: event => { query[name] = event.target.value; renew(); } },
      options.map(([value, words]) => h("option", { value, selected: value === query[name] }, words))));
  const tabs = h("div", { class: "tabs", role: "group", "aria-label": "Filter" });
  const paint = () => tabs.replaceChildren(...FILTERS.map(([value, label]) => h("button", { type: "button",
    "aria-pressed": String(value === query.status), onclick: () => {
      query.status = value;
      for (const tab of tabs.children) tab.setAttribute("aria-pressed", String(tab.textContent === label));
      renew();
    } }, label)));
  paint();
  return h("div", { class: "bar" }, tabs,
    h("div", { class: "row", role: "search" },
      h("label", { class: "inline" }, h("span", { class: "visually-hidden" }, "Search the sentences"),
        h("input", { type: "search", placeholder: "Search the sentences", value: query.q, oninput: event => {
          query.q = event.target.value;
          clearTimeout(due);
          due = setTimeout(renew, 300);
        } })),
      choice("days", "When", TIMES), choice("order", "Order", ORDERS)));
}

/** What was chosen, and what can be done with it. */
function selection(cards, remove) {
  const ids = new Set();
  const said = h("p", { role: "status" });
  const side = h("a", { class: "button" }, "Compare");
  const all = h("button", { type: "button", class: "plain", onclick: () => { for (const id of cards.keys()) choose(id, true); } }, "Select all shown");
  const none = h("button", { type: "button", class: "plain", onclick: () => clear() }, "Select none");
  const away = h("button", { type: "button", class: "danger", onclick: async () => {
    const what = count(ids.size, "video");
    if (!await ask(`Delete ${what} for good?`, "Clips, pictures and settings go. What is being made is stopped first.", `Delete ${what}`)) return;
    away.disabled = true;
    await remove([...ids]).finally(() => { away.disabled = false; });
  } }, "Delete");
  const element = h("div", { class: "slab selection", hidden: true, role: "region", "aria-label": "Selection" },
    said, h("div", { class: "row" }, all, none, side, away));
  const paint = () => {
    const [a, b] = [...ids];
    element.hidden = ids.size === 0;
    said.textContent = `${ids.size} selected`;
    side.hidden = ids.size !== 2 || [a, b].some(id => cards.get(id)?.video().status !== "completed");
    side.href = `#/compare?${new URLSearchParams({ a, b })}`;
  };
  function choose(id, isChosen) {
    cards.get(id)?.choose(isChosen);
    if (isChosen) ids.add(id);
    else ids.delete(id);
    paint();
  }
  function clear() {
    for (const id of [...ids]) choose(id, false);
    paint();
  }
  return { element, clear, set: choose };
}
