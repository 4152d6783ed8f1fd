// What the parts share, and two of them: the building, and the controls above it.

/** An element; strings become text, never markup. */
function el(tag, attributes = {}, ...content) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...content);
  return node;
}

const floorStyle = ([ground, ink]) => `--floor:${ground};--ink:${ink}`;

/** A floor's number on its colour. */
function swatch(view, floor) {
  return el("span", { class: "lu-swatch", style: floorStyle(view.colour(floor)) }, String(floor));
}

/** What a floor did to a path: a sign on the floor's colour. */
function sign(view, mark, floor) {
  const node = el("span", { class: "lu-sign", style: floorStyle(view.colour(floor)), "aria-hidden": "true" });
  shade(node, mark, false);
  return node;
}

/** Show the sign, or that its file lies under another. */
function shade(node, mark, below) {
  const shadowed = below && mark !== HIDES;
  node.textContent = shadowed ? "·" : mark;
  node.classList.toggle("lu-shadowed", shadowed);
  node.classList.toggle("lu-hides", mark === HIDES);
}

/** Keys that belong to the widget never reach the notebook, which has a command on every letter. */
function own(node, handle = () => false) {
  node.addEventListener("keydown", (event) => {
    const chord = event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key === "Enter");
    if (chord || event.key === "Tab" || event.key === "Escape") return;
    event.stopPropagation();
    if (handle(event)) event.preventDefault();
  });
}

/** One floor of the building: its number, what made it, its size, and how much of it is still seen. */
function floorOption(view, { n, text, size: bytes, w: writable }) {
  const seen = el("i");
  const lost = el("i", { class: "lu-lost" });
  const option = el(
    "div",
    { class: `lu-floor${writable ? " lu-writable" : ""}`, role: "option", tabindex: "-1", title: text },
    swatch(view, n),
    el("bdi", { class: "lu-made" }, text),
    el("span", { class: "lu-bytes" }, size(bytes)),
    el("span", { class: "lu-bar", "aria-hidden": "true" }, seen, lost),
  );
  const most = Math.max(1, ...view.floors.map((floor) => floor.size));
  const update = () => {
    const above = n > view.n;
    const visible = above ? bytes : view.world.visible[n];
    const shadowed = above ? 0 : view.world.stored[n] - visible;
    option.classList.toggle("lu-above", above);
    option.setAttribute("aria-selected", String(n === view.n));
    option.tabIndex = n === Math.max(view.n, 1) ? 0 : -1;
    option.setAttribute(
      "aria-label",
      [`floor ${n}`, writable ? "writable" : "read-only", text, size(bytes)]
        .concat(shadowed ? `${size(shadowed)} of it shadowed` : [], above ? "not looked through" : [])
        .join(", "),
    );
    seen.style.width = `${(100 * visible) / most}%`;
    lost.style.width = `${(100 * shadowed) / most}%`;
  };
  return { option, update };
}

/** The floors, top first, as a listbox; steps without a floor are thin lines between them. */
function building(view) {
  const label = "Floors, top floor first: choose one to look from";
  const box = el("div", { class: "lu-house", role: "listbox", "aria-label": label });
  const floors = new Map();
  for (const storey of [...view.storeys].reverse()) {
    if (storey.n) {
      const made = floorOption(view, storey);
      made.option.addEventListener("click", () => {
        view.go(storey.n);
        made.option.focus();
      });
      floors.set(storey.n, made);
      box.append(made.option);
    } else {
      const step = el("bdi", {}, storey.text);
      box.append(
        el("div", { class: "lu-step", "aria-hidden": "true", title: `no floor: ${storey.text}` }, step),
      );
    }
  }
  own(box, ({ key }) => {
    const to = { ArrowUp: view.n + 1, ArrowDown: view.n - 1, Home: view.height, End: 1 }[key];
    if (to === undefined) return false;
    view.go(Math.max(1, to));
    floors.get(view.n)?.option.focus();
    return true;
  });
  const node = el("div", { class: "lu-left" }, box, el("div", { class: "lu-ground", "aria-hidden": "true" }));
  return { node, update: () => floors.forEach((made) => made.update()) };
}

/** The slider between its two buttons. */
function lift(view) {
  const range = el("input", {
    type: "range",
    min: 0,
    max: view.height,
    step: 1,
    "aria-label": "Look from floor",
  });
  const button = (by, label, glyph) => {
    const node = el(
      "button",
      { type: "button", class: "lu-button", "aria-label": label, title: label },
      glyph,
    );
    node.addEventListener("click", () => view.go(view.n + by));
    own(node);
    return node;
  };
  const down = button(-1, "One floor down", "▼");
  const up = button(1, "One floor up", "▲");
  range.addEventListener("input", () => view.go(Number(range.value)));
  own(range);
  const update = () => {
    const { n, height, floors } = view;
    range.value = n;
    range.setAttribute(
      "aria-valuetext",
      n ? `floor ${n} of ${height}: ${floors[n - 1].text}` : "the bare ground",
    );
    down.disabled = n === 0;
    up.disabled = n === height;
  };
  return { node: el("span", { class: "lu-lift" }, down, range, up), update };
}

/** What to show of the tree. */
function filters(view) {
  const modes = { all: "all that is seen", changed: "changed on this floor", hidden: "hidden files too" };
  const options = Object.entries(modes).map(([value, text]) => el("option", { value }, text));
  const mode = el("select", { "aria-label": "Show" }, ...options);
  const plain = { spellcheck: "false", autocomplete: "off" };
  const find = el("input", {
    type: "search",
    placeholder: "find a path",
    "aria-label": "Find a path",
    ...plain,
  });
  mode.addEventListener("change", () => {
    view.mode = mode.value;
    view.redraw();
    view.reveal();
  });
  find.addEventListener("input", () => {
    view.query = find.value.trim().toLowerCase();
    view.redraw();
    if (!view.query) view.reveal();
  });
  own(mode);
  own(find);
  return [mode, find];
}

/** The slider, the filters, and the line that says what the floor changed. */
function controls(view) {
  const slider = lift(view);
  const where = el("span", { class: "lu-where" });
  const told = el("div", { class: "lu-told", role: "status", "aria-live": "polite" });
  const sum = (list) => list.reduce((all, part) => all + part, 0);
  const update = () => {
    const { world, n, height, query } = view;
    const seen = sum(world.visible);
    const lost = sum(world.stored) - seen;
    slider.update();
    where.textContent = n ? `through ${n} of ${count(height, "floor")}` : "the bare ground";
    const said = [n ? `Floor ${n} ${view.changes[n - 1]}.` : "Nothing is built."];
    said.push(`${count(world.files, "file")}, ${size(seen)} seen${lost ? `, ${size(lost)} shadowed` : ""}.`);
    if (query) said.push(`${count(view.found, "row")} with “${query}”.`);
    if (told.textContent !== said.join(" ")) told.textContent = said.join(" ");
  };
  const bar = el("div", { class: "lu-controls" }, slider.node, where, ...filters(view));
  return { node: el("div", { class: "lu-head" }, bar, told), update };
}
