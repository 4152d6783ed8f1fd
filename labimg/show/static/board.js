// A board: choose a row to read more about it.

function render({ model, el: root }) {
  const { frame, body, tell } = panel("board", model.get("state").title);
  const rows = boardPart(model.get("state").title);
  body.append(...rows.nodes);
  return follow(model, root, frame, (state) => {
    tell(state.title, state.said);
    rows.update(state);
  });
}

export default { render };
