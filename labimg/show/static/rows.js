// What the panels share: a list of rows with one tab stop, and small controls.
// Every text comes from Python, harmless already, and is put in as text.

/** Running text, in which `backticks` set off what is typed. */
function prose(text) {
  return text.split("`").map((part, i) => (i % 2 ? el("code", {}, part) : part));
}

/** A button with a word on it. */
function press(label, glyph, act) {
  const mark = glyph ? [el("span", { "aria-hidden": "true" }, glyph)] : [];
  const node = el("button", { type: "button", class: "lp-button" }, ...mark, label);
  node.addEventListener("click", act);
  own(node);
  return node;
}

/** A frame with a title and a sentence that is read aloud when it changes. */
function panel(kind, label) {
  const title = el("bdi", { class: "lp-title" });
  const said = el("div", { class: "lp-said", role: "status", "aria-live": "polite" });
  const body = el("div", { class: "lp-body" });
  const frame = el("div", { class: `lp-frame lp-${kind}`, role: "group", "aria-label": label }, title, said, body);
  const tell = (heading, sentence) => {
    if (title.textContent !== heading) title.textContent = heading;
    if (said.textContent !== sentence) said.textContent = sentence;
  };
  return { frame, body, tell };
}

/** The index that a key leads to, from `at` among `count`; undefined if it is no such key. */
function step(key, at, count) {
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1, PageDown: at + 8, PageUp: at - 8 }[key];
  return to === undefined ? undefined : Math.max(0, Math.min(to, count - 1));
}

/** The bar of a row: its parts beside each other. */
function bar(parts) {
  const drawn = parts.map(([kind, share]) => el("i", { class: `lp-part lp-${kind}`, style: `width:${share}%` }));
  return el("span", { class: "lp-bar", "aria-hidden": "true" }, ...drawn);
}

/** A floor's number on its colour, as everywhere. */
function floorMark(n) {
  return n ? el("span", { class: `lp-floor lp-floor${((n - 1) % 7) + 1}` }, String(n)) : "";
}

/** One row, as an option. */
function rowOption(row, barred) {
  return el(
    "div",
    { class: `lp-row lp-tone-${row.tone}${row.prose ? " lp-prose" : ""}`, role: "option", "aria-label": row.said, "aria-selected": "false", tabindex: "-1" },
    el("span", { class: "lp-sign", "aria-hidden": "true" }, row.sign),
    el(
      "span",
      { class: "lp-what" },
      floorMark(row.n),
      el("bdi", { class: "lp-name", title: row.prose ? "" : row.name }, ...(row.prose ? prose(row.name) : [row.name])),
      el("bdi", { class: "lp-note", title: row.prose ? "" : row.note }, ...(row.prose ? prose(row.note) : [row.note])),
    ),
    el("span", { class: "lp-size" }, row.size),
    barred ? bar(row.parts) : "",
  );
}

/** What is told of the chosen row. */
function details() {
  const lines = el("div", { class: "lp-lines" });
  const node = el("section", { class: "lp-detail", role: "region", "aria-label": "About the chosen row", tabindex: "0" }, lines);
  own(node);
  const update = (row) => {
    node.hidden = !row;
    const told = row && row.detail.length ? row.detail : row ? [row.said] : [];
    lines.replaceChildren(...told.map((line) => el("div", {}, el("bdi", {}, line))));
    node.scrollTop = 0;
  };
  return { node, update };
}

/** A board: groups of rows, of which one can be chosen by arrows or by a click. */
function boardPart(label) {
  const box = el("div", { class: "lp-rows", role: "listbox", "aria-label": label });
  const about = details();
  const foot = el("div", { class: "lp-foot" });
  let rows = [];
  let options = [];
  let chosen = -1;
  const choose = (at, focus) => {
    chosen = at;
    options.forEach((option, i) => {
      option.setAttribute("aria-selected", String(i === at));
      option.tabIndex = i === Math.max(at, 0) ? 0 : -1;
    });
    about.update(rows[at]);
    if (focus) {
      options[at]?.focus();
      options[at]?.scrollIntoView({ block: "nearest" });
    }
  };
  own(box, ({ key }) => {
    const to = step(key, options.indexOf(document.activeElement), options.length);
    if (to === undefined && key !== "Enter" && key !== " ") return false;
    choose(to ?? options.indexOf(document.activeElement), true);
    return true;
  });
  const update = (board) => {
    const held = box.contains(document.activeElement);
    const before = rows[chosen]?.name;
    rows = board.groups.flatMap((group) => group.rows);
    const barred = rows.some((row) => row.parts.length);
    options = rows.map((row) => rowOption(row, barred));
    options.forEach((option, i) => option.addEventListener("click", () => choose(i, true)));
    let at = 0;
    const groups = board.groups.map((group) => {
      const mine = options.slice(at, (at += group.rows.length));
      const heading = group.title ? [el("div", { class: "lp-heading", "aria-hidden": "true" }, group.title)] : [];
      return el("div", { role: "group", "aria-label": group.title || label, class: "lp-group" }, ...heading, ...mine);
    });
    box.replaceChildren(...groups);
    box.hidden = !rows.length;
    box.classList.toggle("lp-barred", barred);
    foot.replaceChildren(
      ...board.legend.map((text) => el("span", {}, text)),
      ...board.bars.map(([kind, word]) => el("span", {}, el("i", { class: `lp-part lp-${kind} lp-key`, "aria-hidden": "true" }), word)),
      ...(board.note ? [el("span", { class: "lp-aside" }, board.note)] : []),
    );
    const again = before === undefined ? -1 : rows.findIndex((row) => row.name === before);
    choose(again, held && again >= 0);
  };
  return { nodes: [box, about.node, foot], update };
}

/** Draw `update` now and at every change of the state; give what ends it. */
function follow(model, root, frame, update) {
  const look = () => update(model.get("state"));
  root.classList.add("lu", "lp");
  root.append(frame);
  look();
  model.on("change:state", look);
  return () => model.off("change:state", look);
}
