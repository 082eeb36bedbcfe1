// Small helpers: elements without a framework. Text is always set as text, never as markup.

/** An element; props that begin with "on" are listeners, false and null leave an attribute out. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** What somebody wrote, in the direction of its own script. */
export const written = (tag, props, text) => h(tag, { dir: "auto", ...props }, text);

/** Says something to people who don't see the page. */
export function announce(text) {
  document.getElementById("announce").textContent = text;
}

/** A bar of a part of the whole. */
export function bar(part) {
  const draw = name => document.createElementNS("http://www.w3.org/2000/svg", name);
  const rect = draw("rect");
  rect.setAttribute("height", "100%");
  rect.setAttribute("width", `${Math.max(0.5, 100 * part).toFixed(1)}%`);
  const svg = draw("svg");
  svg.setAttribute("aria-hidden", "true");
  svg.append(rect);
  return svg;
}

/** A button that shows further actions; Escape, or going elsewhere, puts them away. */
export function menu(label, items) {
  const list = h("ul", { class: "slab menu-list", hidden: true }, items.filter(Boolean).map(item => h("li", {}, item)));
  const button = h("button", { type: "button", "aria-expanded": "false", onclick: event => open(list.hidden, event.detail === 0) }, label);
  const open = (isOpen, byKeyboard = false) => {
    list.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) (byKeyboard ? list.querySelector("a, button") : button).focus();
  };
  const step = event => {
    const stops = [button, ...list.querySelectorAll("a, button")];
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && !list.hidden) {
      open(false);
      button.focus();
    } else if (by && !list.hidden) {
      event.preventDefault();
      stops[(stops.indexOf(document.activeElement) + by + stops.length) % stops.length].focus();
    }
  };
  // The focus is moved here alone: some browsers take it from a button that is pressed, and the list would go.
  return h("div", { class: "menu", onkeydown: step, onmousedown: event => event.preventDefault(),
    onfocusout: event => event.currentTarget.contains(event.relatedTarget) || open(false) }, button, list);
}

/** Asks before what can't be undone; resolves to the answer. */
export function ask(question, consequence, yes) {
  return new Promise(resolve => {
    const dialog = h("dialog", { class: "slab ask", "aria-labelledby": "question", "aria-describedby": "consequence",
      onclose: () => { dialog.remove(); resolve(dialog.returnValue === "yes"); } },
      h("h2", { id: "question" }, question),
      h("p", { id: "consequence", class: "quiet" }, consequence),
      h("div", { class: "row" },
        h("button", { type: "button", onclick: () => dialog.close("no") }, "Keep"),
        h("button", { type: "button", class: "danger filled", onclick: () => dialog.close("yes") }, yes)));
    document.body.append(dialog);
    dialog.showModal();
  });
}
