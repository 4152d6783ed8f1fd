// The map of names: Python has laid it out, here it is drawn; arrows walk from box to box.

const SVG = "http://www.w3.org/2000/svg";

/** An element of SVG; strings become text. */
function draw(tag, attributes = {}, ...content) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...content);
  return node;
}

const PLUS = { same: "", new: "+ ", gone: "− " };

/** One box. */
function boxNode(box, floors) {
  const [x, y, wide, high] = box.at;
  const left = box.n ? 34 : 12;
  const [first, second] = box.lines;
  const [ground, ink] = floors[(box.n + 6) % 7];
  const swatch = box.n
    ? [draw("rect", { x: 6, y: 9, width: 22, height: 22, rx: 4, fill: ground }), draw("text", { x: 17, y: 24.5, class: "lp-number", fill: ink }, String(box.n))]
    : [];
  return draw(
    "g",
    { class: `lp-box lp-kind-${box.kind} lp-is-${box.state}`, role: "option", "aria-label": box.said, "aria-selected": "false", tabindex: "-1", transform: `translate(${x} ${y})` },
    draw("title", {}, box.said),
    draw("rect", { class: "lp-plate", width: wide, height: high, rx: 6 }),
    ...swatch,
    draw("text", { x: left, y: second ? 17 : 24.5, class: "lp-first" }, PLUS[box.state] + first),
    draw("text", { x: left, y: 32, class: "lp-second" }, second),
  );
}

function arrowNode({ d, state }) {
  const [x, y] = d.split(" ").slice(-2).map(Number);
  return draw("g", { class: `lp-arrow lp-is-${state}`, "aria-hidden": "true" }, draw("path", { d }), draw("path", { class: "lp-tip", d: `M ${x + 7} ${y} l -9 -4.5 v 9 z` }));
}

/** The box that is next to `at` in the direction of a key. */
function nearest(boxes, at, key) {
  const [x, y] = boxes[at].at;
  const sideways = key === "ArrowLeft" || key === "ArrowRight";
  const ahead = { ArrowLeft: (b) => b[0] < x, ArrowRight: (b) => b[0] > x, ArrowUp: (b) => b[1] < y && b[0] === x, ArrowDown: (b) => b[1] > y && b[0] === x }[key];
  if (!ahead) return { Home: 0, End: boxes.length - 1 }[key];
  const linked = (i) => (sideways && boxes[at].lit.includes(i) ? 0 : 1e6);
  const far = (i) => linked(i) + (sideways ? Math.abs(boxes[i].at[0] - x) * 10 : 0) + Math.abs(boxes[i].at[1] - y);
  const found = boxes.map((_, i) => i).filter((i) => ahead(boxes[i].at));
  return found.length ? found.reduce((best, i) => (far(i) < far(best) ? i : best)) : at;
}

function render({ model, el: root }) {
  const { frame, body, tell } = panel("atlas", "Map of names");
  const about = el("div", { class: "lp-saying", role: "status", "aria-live": "polite" });
  const scroll = el("div", { class: "lp-scroll" });
  body.append(scroll, about);
  return follow(model, root, frame, (state) => {
    const [wide, high] = state.size;
    const nodes = state.boxes.map((box) => boxNode(box, state.floors));
    const arrows = state.arrows.map(arrowNode);
    const map = draw("svg", { width: wide + 4, height: high + 4, viewBox: `-2 -2 ${wide + 4} ${high + 4}`, role: "listbox", "aria-label": "Names, images and layers: the arrow keys walk" }, ...arrows, ...nodes);
    const choose = (at, focus) => {
      nodes.forEach((node, i) => {
        node.setAttribute("aria-selected", String(i === at));
        node.setAttribute("tabindex", i === Math.max(at, 0) ? "0" : "-1");
        node.classList.toggle("lp-dim", at >= 0 && !state.boxes[at].lit.includes(i));
      });
      arrows.forEach((node, i) => {
        const on = at >= 0 && state.arrows[i].ends.every((end) => state.boxes[at].lit.includes(end));
        node.classList.toggle("lp-lit", on);
        node.classList.toggle("lp-dim", at >= 0 && !on);
      });
      about.textContent = at < 0 ? (nodes.length ? "Choose a box to see its way." : "Nothing is here yet: pull or build an image.") : state.boxes[at].said;
      if (focus) nodes[at].focus();
    };
    own(map, ({ key }) => {
      const at = nodes.indexOf(document.activeElement);
      const to = key === "Enter" || key === " " ? at : at < 0 ? undefined : nearest(state.boxes, at, key);
      if (to === undefined || to < 0) return false;
      choose(to, true);
      return true;
    });
    nodes.forEach((node, i) => node.addEventListener("click", () => choose(i, true)));
    scroll.replaceChildren(map);
    choose(-1, false);
    tell(state.title, state.said);
  });
}

export default { render };
