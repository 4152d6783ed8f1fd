// Time travel: a slider over all worlds, their list, and what is other between two of them.

/** A labelled choice among numbered things. */
function chooser(label, act) {
  const select = el("select", {});
  select.addEventListener("change", () => act(Number(select.value)));
  own(select);
  const node = el("label", { class: "lp-field" }, `${label} `, select);
  const update = (texts, at) => {
    const told = texts.join("\n");
    if (select.dataset.told !== told) {
      select.replaceChildren(...texts.map((text, i) => el("option", { value: i }, text)));
      select.dataset.told = told;
    }
    select.value = String(at);
  };
  return { node, update };
}

/** The worlds as a list, the latest first; Enter goes there. */
function worldList(go) {
  const box = el("div", { class: "lp-worlds", role: "listbox", "aria-label": "Worlds, the latest first: Enter goes there" });
  let options = [];
  let at = 0;
  const focusOn = (i) => {
    options.forEach((option, j) => (option.tabIndex = i === j ? 0 : -1));
    options[i]?.focus();
    options[i]?.scrollIntoView({ block: "nearest" });
  };
  own(box, ({ key }) => {
    const here = options.indexOf(document.activeElement);
    const to = step(key, here, options.length);
    if (to !== undefined) focusOn(to);
    else if (key === "Enter" || key === " ") go(options.length - 1 - here);
    else return false;
    return true;
  });
  const update = (state) => {
    const held = box.contains(document.activeElement);
    const last = state.worlds.length - 1;
    at = last - state.at;
    options = state.worlds.map((world, n) => {
      const marks = world.marks.map((name) => el("bdi", { class: "lp-star" }, `★ ${name}`));
      const where = n === state.at ? "you are here" : n > state.at ? "undone" : "";
      const label = [`world ${n}`, world.called, ...world.marks.map((name) => `bookmark ${name}`), where].filter(Boolean).join(", ");
      const option = el(
        "div",
        { class: `lp-world${n > state.at ? " lp-undone" : ""}`, role: "option", "aria-label": label, "aria-selected": String(n === state.at), tabindex: "-1" },
        el("span", { class: "lp-dot", "aria-hidden": "true" }, n === state.at ? "▶" : String(n)),
        el("bdi", { class: "lp-name", title: world.called }, world.called),
        ...marks,
      );
      option.addEventListener("click", () => go(n));
      return option;
    }).reverse();
    box.replaceChildren(...options);
    if (held) focusOn(at);
    else if (options[at]) {
      options[at].tabIndex = 0;
      box.scrollTop = options[at].offsetTop - box.offsetTop - box.clientHeight / 2;
    }
  };
  return { node: box, update };
}

function render({ model, el: root }) {
  const { frame, body, tell } = panel("travel", "Time travel");
  const state = () => model.get("state");
  const go = (n) => model.send({ do: "goto", n });
  const slider = el("input", { type: "range", min: 0, step: 1, "aria-label": "World" });
  slider.addEventListener("input", () => go(Number(slider.value)));
  own(slider);
  const name = el("input", { type: "text", class: "lp-entry", "aria-label": "A name for the bookmark or the line", placeholder: "a name, if you like", maxlength: 40 });
  const named = (act) => () => {
    model.send({ do: act, name: name.value });
    name.value = "";
  };
  own(name, ({ key }) => {
    if (key !== "Enter") return false;
    named("mark")();
    return true;
  });
  const undo = press("Undo", "↶ ", () => go(state().at - 1));
  const redo = press("Redo", "↷ ", () => go(state().at + 1));
  const lines = chooser("Line", (n) => model.send({ do: "line", n }));
  const compared = (which) => (n) => model.send({ do: "compare", from: state().from, to: state().to, [which]: n });
  const [from, to] = [chooser("What changed from", compared("from")), chooser("to", compared("to"))];
  const worlds = worldList(go);
  const board = boardPart("What changed");
  const changed = el("div", { class: "lp-saying" });
  body.append(
    el("div", { class: "lp-buttons" }, undo, slider, redo),
    el("div", { class: "lp-buttons" }, name, press("Bookmark", "★ ", named("mark")), press("What if ...", "↪ ", named("branch")), lines.node),
    el("div", { class: "lp-two" }, worlds.node, el("div", {}, el("div", { class: "lp-buttons" }, from.node, to.node), changed, ...board.nodes)),
  );
  return follow(model, root, frame, (now) => {
    tell("Time travel", now.said);
    const last = now.worlds.length - 1;
    const numbered = now.worlds.map((world, n) => `${n}  ${world.called.slice(0, 40)}`);
    slider.max = last;
    slider.value = now.at;
    slider.setAttribute("aria-valuetext", `world ${now.at} of ${last}: ${now.worlds[now.at].called}`);
    undo.disabled = now.at === 0;
    redo.disabled = now.at === last;
    lines.node.hidden = now.lines.length < 2;
    lines.update(now.lines, now.lines.indexOf(now.line));
    from.update(numbered, now.from);
    to.update(numbered, now.to);
    worlds.update(now);
    changed.textContent = now.board.said;
    board.update(now.board);
  });
}

export default { render };
