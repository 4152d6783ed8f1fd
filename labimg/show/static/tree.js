// The merged tree: one row a path, made when it is first shown.

/** One row: its parts are made once, and filled anew when its state has changed. */
function row(view, node) {
  const { entry, depth, name } = node;
  const twist = el("span", { class: "lu-twist", "aria-hidden": "true" });
  const called = el("bdi", { class: "lu-name" });
  const note = el("span", { class: "lu-note" });
  const bytes = el("span", { class: "lu-bytes" });
  const cells = view.grid ? entry.h.map((event, e) => cell(view, entry, e)) : [];
  const grid = el("span", { class: "lu-cells" }, ...cells.map(({ node: shown }) => shown));
  const from = el("span", { class: "lu-from" });
  const item = el(
    "div",
    { class: "lu-row", role: "treeitem", "aria-level": depth + 1, tabindex: "-1", style: `--depth:${depth}` },
    el("span", { class: "lu-path" }, twist, called, note),
    bytes,
    grid,
    from,
  );
  let before = "";
  const fill = () => {
    const state = condition(view, node);
    const key = Object.values(state).join();
    if (key === before) return;
    before = key;
    const { last, stands, folder, open, here, inside, said, floor } = state;
    item.className = ["lu-row", folder && "lu-folder", !stands && "lu-struck", here && "lu-here"]
      .filter(Boolean)
      .join(" ");
    if (folder && stands && inside) item.setAttribute("aria-expanded", String(open));
    else item.removeAttribute("aria-expanded");
    twist.textContent = folder && stands && inside ? (open ? "▾" : "▸") : "";
    called.textContent = name + (folder ? "/" : entry.t && stands ? ` → ${entry.t}` : "");
    note.textContent = aside(state);
    bytes.textContent = state.bytes;
    cells.forEach(({ update }) => update(last));
    from.replaceChildren(...(stands && !folder ? [swatch(view, floor)] : []));
    item.setAttribute("aria-label", `${name}, ${spoken(state, KINDS[kind(entry, last)])}, ${said}`);
  };
  return { item, fill, place: "" };
}

/** All that a row tells of its path at the floor one looks from. */
function condition(view, { i, entry, ...node }) {
  const { world, n } = view;
  const last = at(entry.h, n);
  const [floor, mark, bytes, said] = world.now[i];
  const stands = world.stands[i];
  const sort = kind(entry, last);
  return {
    last,
    floor,
    stands,
    said: said ?? view.sayings[mark],
    folder: sort === "d",
    bytes: stands && "fh".includes(sort) ? size(bytes) : "",
    open: sort === "d" && stands && view.isOpen(i),
    inside: world.inside[i],
    touched: world.touched[i],
    here: changed(world, { i, entry, ...node }, n),
  };
}

function aside({ stands, said, folder, open, inside, touched }) {
  if (!stands) return said;
  if (!folder || open || !inside) return "";
  return `${inside.toLocaleString("en")} inside${touched ? `, ${touched} changed here` : ""}`;
}

function spoken({ stands, bytes, floor, folder, touched }, sort) {
  if (!stands) return `${sort}, struck through by floor ${floor}`;
  return `${sort}, ${bytes ? `${bytes}, ` : ""}from floor ${floor}${folder && touched ? `, ${touched} changed inside` : ""}`;
}

/** What one floor did to a path, in that floor's column; a file under another is shadowed. */
function cell(view, entry, e) {
  const [floor, mark] = entry.h[e];
  const folder = kind(entry, e) === "d";
  const node = sign(view, mark, floor);
  node.style.gridColumn = floor;
  const update = (last) => {
    node.hidden = e > last;
    shade(node, mark, e < last && !folder);
    node.classList.toggle("lu-quiet", folder && mark !== "◍" && mark !== HIDES);
  };
  return { node, update };
}

/** The last row of a folder that holds more than is shown. */
function moreRow({ more, parent, depth }) {
  const item = el(
    "div",
    {
      class: "lu-row lu-more",
      role: "treeitem",
      "aria-level": depth + 1,
      tabindex: "-1",
      style: `--depth:${depth}`,
    },
    el("span", { class: "lu-path" }, `… ${count(more, "more row")}: show them`),
  );
  item.more = parent;
  return item;
}

/** The keys of a tree, as the ARIA practices have them: where does `key` lead from row `i` of `all`? */
function leads(key, i, all) {
  const last = all.length - 1;
  const level = (item) => Number(item.getAttribute("aria-level"));
  const expanded = all[i]?.getAttribute("aria-expanded");
  if (key === "ArrowRight" && expanded === "true") return i + 1;
  if (key === "ArrowLeft") return all.slice(0, i).findLastIndex((other) => level(other) < level(all[i]));
  return {
    ArrowDown: i + 1,
    ArrowUp: i - 1,
    Home: 0,
    End: last,
    PageDown: Math.min(i + 15, last),
    PageUp: Math.max(i - 15, 0),
  }[key];
}

/** The merged tree: the head with the floors' numbers, and the rows. */
function tree(view) {
  const body = el("div", { class: "lu-tree", role: "tree", "aria-label": `Merged files of ${view.name}` });
  const made = new Map();
  const rows = () => [...body.children].filter((item) => item.role === "treeitem");
  let current = null;
  let typed = "";
  let typing = 0;
  const rove = (item) => {
    if (current) current.tabIndex = -1;
    current = item;
    if (item) item.tabIndex = 0;
  };
  const focus = (item) => {
    if (!item) return;
    rove(item);
    item.focus();
    if (item.node) view.select(item.node.i);
  };
  const act = (item) => {
    const place = rows().indexOf(item);
    if (item.node && item.hasAttribute("aria-expanded")) view.fold(item.node.i, !view.isOpen(item.node.i));
    if (item.more !== undefined) {
      view.grow(item.more);
      focus(rows()[place]);
    }
  };
  const seek = (letter, when, i, all) => {
    typed = (when - typing < 700 ? typed : "") + letter.toLowerCase();
    typing = when;
    const from = typed.length > 1 ? i : i + 1;
    const named = (item) => item.node?.name.toLowerCase().startsWith(typed);
    focus([...all.slice(from), ...all.slice(0, from)].find(named));
  };
  body.addEventListener("click", (event) => {
    const item = event.target.closest(".lu-row");
    if (!item) return;
    focus(item);
    act(item);
  });
  own(body, (event) => {
    const all = rows();
    const item = event.target.closest(".lu-row");
    const expanded = item.getAttribute("aria-expanded");
    const unfold = { ArrowRight: "false", ArrowLeft: "true" }[event.key];
    if (event.key === "Enter" || event.key === " " || (unfold && unfold === expanded)) act(item);
    else if (event.key.length === 1) seek(event.key, event.timeStamp, all.indexOf(item), all);
    else if (/^(Arrow|Page|Home|End)/.test(event.key)) focus(all[leads(event.key, all.indexOf(item), all)]);
    else return false;
    return true;
  });
  const rowOf = (node) => {
    if (!made.has(node.i)) {
      made.set(node.i, row(view, node));
      made.get(node.i).item.node = node;
    }
    return made.get(node.i);
  };
  const mark = () =>
    made.forEach(({ item }, i) => item.setAttribute("aria-selected", String(i === view.selected)));
  const scroll = () => {
    const item = made.get(view.selected)?.item;
    if (!item?.isConnected) return;
    const place = item.getBoundingClientRect().top - body.getBoundingClientRect().top;
    if (place < 0 || place > body.clientHeight - 22) body.scrollTop += place - body.clientHeight / 2;
  };
  const update = () => {
    const chosen = choose(view.nodes, view.world, view);
    const held = body.contains(document.activeElement);
    view.found = chosen.filter((node) => !node.more).length;
    const items = number(chosen, rowOf);
    const before = [...body.children];
    if (items.length !== before.length || items.some((item, i) => item !== before[i]))
      body.replaceChildren(...items);
    if (!items.length) body.append(el("div", { class: "lu-empty" }, "nothing to see here"));
    if (!items.includes(current)) rove(items[0] ?? null);
    if (held && current && document.activeElement !== current) current.focus();
    mark();
  };
  return {
    node: el(
      "div",
      { class: "lu-right", style: `--floors:${view.grid ? view.height : 0}` },
      columns(view),
      body,
    ),
    update,
    mark,
    scroll,
  };
}

/** The rows of `chosen`, filled, each knowing its place among its siblings. */
function number(chosen, rowOf) {
  const sizes = new Map();
  const places = new Map();
  for (const { parent } of chosen) sizes.set(parent, (sizes.get(parent) ?? 0) + 1);
  return chosen.map((node) => {
    if (node.more) return moreRow(node);
    const made = rowOf(node);
    places.set(node.parent, (places.get(node.parent) ?? 0) + 1);
    const place = `${places.get(node.parent)}/${sizes.get(node.parent)}`;
    if (place !== made.place) {
      made.place = place;
      made.item.setAttribute("aria-posinset", places.get(node.parent));
      made.item.setAttribute("aria-setsize", sizes.get(node.parent));
    }
    made.fill();
    return made.item;
  });
}

function columns(view) {
  const numbers = view.grid ? view.floors.map(({ n }) => swatch(view, n)) : [];
  return el(
    "div",
    { class: "lu-row lu-columns", "aria-hidden": "true" },
    el("span", { class: "lu-path" }, "path"),
    el("span", { class: "lu-bytes" }, "size"),
    el("span", { class: "lu-cells" }, ...numbers),
    el("span", { class: "lu-from" }, "from"),
  );
}
