// A prediction: choose, seal, and only then see what is right.

const MARKS = { chosen: "●", right: "✓", wrong: "✗", missed: "→" };
const WORDS = { chosen: "your answer", right: "right", wrong: "your answer, wrong", missed: "the answer" };

/** One choice: a real radio or checkbox with its label. */
function choice([letter, text, mark], { many, stage }, name) {
  const input = el("input", { type: many ? "checkbox" : "radio", name, value: letter });
  input.disabled = stage !== "open";
  input.checked = mark === "chosen" || mark === "wrong" || mark === "right";
  own(input);
  const said = stage !== "open" && mark ? [el("span", { class: "lp-verdict" }, `${MARKS[mark]} ${WORDS[mark]}`)] : [];
  const label = el("bdi", { class: "lp-choice-text" }, ...prose(text));
  return el("label", { class: `lp-choice lp-mark-${mark || "none"}` }, input, el("b", { "aria-hidden": "true" }, `${letter})`), label, ...said);
}

/** The place of the answer: choices, or a line to write in. */
function answers(state, name, seal) {
  if (state.choices.length) return state.choices.map((one) => choice(one, state, name));
  const input = el("input", { type: "text", class: "lp-entry", "aria-label": "Your answer", autocomplete: "off", spellcheck: "false" });
  own(input, ({ key }) => {
    if (key !== "Enter") return false;
    seal();
    return true;
  });
  return state.stage === "open" ? [input] : [];
}

let questions = 0;

function render({ model, el: root }) {
  const { frame, body, tell } = panel("predict", "A question to predict");
  const name = `lp-question-${(questions += 1)}-${Math.random().toString(36).slice(2)}`;
  const legend = el("legend", { class: "lp-question" });
  const field = el("div", { class: "lp-choices" });
  const set = el("fieldset", {}, legend, field);
  const buttons = el("div", { class: "lp-buttons" });
  const why = el("div", { class: "lp-why" });
  const seals = el("div", { class: "lp-seals" });
  frame.tabIndex = -1;
  const seal = () => {
    const given = [...field.querySelectorAll("input")].filter((input) => input.type === "text" || input.checked);
    model.send({ do: "seal", answer: given.map((input) => input.value) });
  };
  const acts = {
    open: press("Seal my answer", "▣", seal),
    sealed: press("Reveal", "◎", () => model.send({ do: "reveal" })),
    revealed: press("Ask me again", "↺", () => model.send({ do: "again" })),
  };
  body.append(set, buttons, why, seals);
  let stage = "";
  return follow(model, root, frame, (state) => {
    const held = buttons.contains(document.activeElement) || field.contains(document.activeElement);
    tell("Predict", state.verdict);
    frame.dataset.stage = state.stage;
    frame.dataset.right = String(state.right);
    legend.replaceChildren(...prose(state.question));
    if (stage !== state.stage || state.stage !== "open") field.replaceChildren(...answers(state, name, seal));
    if (stage !== state.stage) buttons.replaceChildren(...(state.later && state.stage === "sealed" ? [] : [acts[state.stage]]));
    if (held && stage && stage !== state.stage) (buttons.firstChild || frame).focus();
    why.replaceChildren(...state.why.map((text) => el("p", {}, ...prose(text))));
    why.hidden = !state.why.length;
    const told = [...state.seals.map(([whose, digest]) => [`seal, ${whose}`, digest]), ...(state.salt ? [["salt", state.salt]] : [])];
    seals.replaceChildren(...told.map(([what, text]) => el("div", {}, `${what}: `, el("code", {}, text))));
    stage = state.stage;
  });
}

export default { render };
