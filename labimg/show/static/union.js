// The union view: a building, a slider, a tree, and the life of one file.
// Python joins world.js, house.js, tree.js and this file to one module.

/** One event in a file's life; press it to look from that floor. */
function chapter(view, entry, e) {
  const [floor, mark, bytes, said] = entry.h[e];
  const sized = mark !== HIDES && kind(entry, e) !== "d";
  const badge = sign(view, mark, floor);
  const button = el(
    "button",
    { type: "button", class: "lu-chapter", title: `look from floor ${floor}` },
    swatch(view, floor),
    badge,
    el("span", {}, said ?? view.sayings[mark]),
    el("span", { class: "lu-bytes" }, sized ? size(bytes) : ""),
  );
  button.addEventListener("click", () => view.go(floor));
  own(button);
  const update = (last) => {
    button.classList.toggle("lu-above", e > last);
    shade(badge, mark, e < last && sized);
  };
  return { node: el("li", {}, button), update };
}

/** The life of the selected path, and the first lines of what it holds. */
function life(view) {
  const box = el("section", { class: "lu-life", "aria-label": "Biography of the selected path" });
  const hint = el("p", { class: "lu-hint" });
  const text = el("pre", { class: "lu-text", tabindex: 0, "aria-label": "The beginning of its content" });
  let told = -2;
  let chapters = [];
  own(text);
  const open = (node) => {
    told = view.selected;
    chapters = node ? node.entry.h.map((_, e) => chapter(view, node.entry, e)) : [];
    const list = el("ol", {}, ...chapters.map((made) => made.node));
    box.replaceChildren(...(node ? [el("p", { class: "lu-path" }, el("bdi", {}, node.entry.p)), list] : []), hint, text);
  };
  const update = () => {
    const node = view.nodes[view.selected];
    if (told !== view.selected) open(node);
    const last = node ? at(node.entry.h, view.n) : -1;
    for (const made of chapters) made.update(last);
    hint.textContent = node
      ? cost(view, node, last)
      : "Choose a path to read its life: who brought it, replaced it, hid it.";
    text.textContent = view.excerpt;
    text.hidden = !view.excerpt;
  };
  return { node: box, update };
}

function cost(view, { i, entry }, last) {
  const stored = entry.h.slice(0, last + 1).reduce((sum, event) => sum + event[2], 0);
  const seen = view.world.stands[i] ? (entry.h[last]?.[2] ?? 0) : 0;
  if (last < 0) return "Seen from here, it is not yet there.";
  if (!stored) return "It costs nothing.";
  return `${size(stored)} stored, ${stored > seen ? `${size(stored - seen)} of it shadowed` : "all of it seen"}.`;
}

/** What the parts look at, and what they ask for. */
function viewOf(model) {
  const nodes = plant(model.get("entries"));
  const storeys = model.get("storeys");
  const floors = storeys.filter((storey) => storey.n);
  const palette = model.get("palette");
  const folded = new Set(model.get("folded"));
  const told = Object.fromEntries(
    ["name", "words", "sayings", "changes"].map((name) => [name, model.get(name)]),
  );
  return {
    ...told,
    nodes,
    storeys,
    floors,
    height: floors.length,
    grid: floors.length <= 24,
    colour: (floor) => palette[(floor - 1) % palette.length],
    folded,
    isOpen: (i) => !folded.has(i),
    mode: "all",
    query: "",
    rows: ROWS,
    grown: new Map(),
    found: 0,
    n: -1,
    world: null,
    selected: -1,
    excerpt: "",
  };
}

/** Quick moves reach the kernel as one. */
function teller(model) {
  let waiting = 0;
  const tell = (name, value) => {
    model.set(name, value);
    clearTimeout(waiting);
    waiting = setTimeout(() => model.save_changes(), 120);
  };
  return { tell, hush: () => clearTimeout(waiting) };
}

function frame(view, house, head, files, story) {
  const legend = Object.entries(view.words).map(([mark, word]) => el("span", {}, `${mark} ${word}`));
  return el(
    "div",
    { class: "lu-frame", role: "group", "aria-label": `Union view of ${view.name}` },
    el("div", { class: "lu-title" }, el("bdi", {}, view.name), el("span", { class: "lu-legend" }, ...legend)),
    head.node,
    el("div", { class: "lu-body" }, house.node, files.node),
    story.node,
  );
}

function render({ model, el: root }) {
  const view = viewOf(model);
  const byPath = new Map(view.nodes.map((node) => [node.entry.p, node.i]));
  const { tell, hush } = teller(model);
  const [house, head, files, story] = [building, controls, tree, life].map((part) => part(view));
  view.redraw = () => [house, files, head, story].forEach((part) => part.update());
  view.go = (n) => tell("floor", Math.max(0, Math.min(n, view.height)));
  view.fold = (i, open) => {
    view.folded[open ? "delete" : "add"](i);
    files.update();
  };
  view.grow = (folder) => {
    if (folder === -2) view.rows += ROWS;
    else view.grown.set(folder, (view.grown.get(folder) ?? CHUNK) + ROWS);
    files.update();
  };
  view.reveal = () => {
    for (let up = view.nodes[view.selected]?.parent ?? -1; up >= 0; up = view.nodes[up].parent)
      view.folded.delete(up);
    files.update();
    files.scroll();
  };
  view.select = (i) => {
    if (i === view.selected) return;
    Object.assign(view, { selected: i, excerpt: "" });
    files.mark();
    story.update();
    tell("selected", view.nodes[i]?.entry.p ?? "");
  };
  const turn = () => {
    view.n = model.get("floor");
    view.world = survey(view.nodes, view.n, view.height);
    view.redraw();
  };
  const hear = () => {
    const i = byPath.get(model.get("selected")) ?? -1;
    if (i === view.selected) return;
    view.select(i);
    view.reveal();
  };
  const read = () => {
    view.excerpt = model.get("excerpt");
    story.update();
  };
  root.classList.add("lu");
  root.append(frame(view, house, head, files, story));
  for (const heed of [turn, hear, read]) heed();
  const heeds = { "change:floor": turn, "change:selected": hear, "change:excerpt": read };
  for (const [name, heed] of Object.entries(heeds)) model.on(name, heed);
  return () => {
    hush();
    for (const [name, heed] of Object.entries(heeds)) model.off(name, heed);
  };
}

export default { render };
