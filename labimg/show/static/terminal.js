// A terminal: one line to type in, and a log of all that was said.

/** One command of the log. */
function entry({ line, pieces, code }) {
  const outputs = pieces.map(([stream, text]) => el("pre", { class: `lp-out lp-${stream}` }, text));
  const left = code ? [el("div", { class: "lp-code lp-failed" }, `exit code ${code}`)] : [];
  const typed = el("div", { class: "lp-typed" }, el("span", { "aria-hidden": "true" }, "$ "), el("bdi", {}, line));
  return el("div", { class: "lp-entry-said" }, typed, ...outputs, ...left);
}

/** What was typed, to walk through by the arrows. */
function past() {
  const lines = [];
  let at = 0;
  let draft = "";
  return {
    add: (line) => {
      if (line && lines.at(-1) !== line) lines.push(line);
      at = lines.length;
    },
    walk: (by, now) => {
      if (at === lines.length) draft = now;
      at = Math.max(0, Math.min(at + by, lines.length));
      return at === lines.length ? draft : lines[at];
    },
  };
}

function render({ model, el: root }) {
  const { frame, body, tell } = panel("terminal", "Terminal");
  const log = el("div", { class: "lp-log", role: "log", "aria-label": "What was typed and printed", tabindex: "0" });
  const hint = "Enter runs, the arrows bring back what was typed, Tab completes. Escape, then Tab, leaves the terminal. Type help for more.";
  const input = el("input", {
    type: "text", class: "lp-prompt", "aria-label": "Type a docker command", "aria-description": hint, placeholder: "docker images",
    spellcheck: "false", autocomplete: "off", autocapitalize: "off",
  });
  const offers = el("div", { class: "lp-offers", role: "status", "aria-live": "polite" });
  const history = past();
  let escaped = false;
  let shown = [];
  const place = (text) => {
    input.value = text;
    input.setSelectionRange(text.length, text.length);
  };
  const run = () => {
    history.add(input.value.trim());
    model.send({ do: "run", line: input.value });
    input.value = "";
    offers.textContent = "";
  };
  input.addEventListener("keydown", (event) => {
    const { key } = event;
    if (key === "Tab" && !event.shiftKey && !escaped && input.value) {
      model.send({ do: "complete", line: input.value });
      event.preventDefault();
    } else if (key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
      run();
      event.preventDefault();
    } else if (key === "ArrowUp" || key === "ArrowDown") {
      place(history.walk(key === "ArrowUp" ? -1 : 1, input.value));
      event.preventDefault();
    } else if (key === "l" && event.ctrlKey) {
      model.send({ do: "run", line: "clear" });
      event.preventDefault();
    }
    escaped = key === "Escape" || (escaped && key === "Shift");
    event.stopPropagation();
  });
  own(log);
  body.append(
    el("div", { class: "lp-screen" }, log, el("label", { class: "lp-line" }, el("span", { "aria-hidden": "true" }, "$"), input)),
    offers,
    el("div", { class: "lp-foot" }, el("span", {}, hint)),
  );
  let asked = 0;
  return follow(model, root, frame, (state) => {
    const last = state.log.at(-1);
    tell("Terminal", last ? `${state.world}; exit code ${last.code}` : `${state.world}; nothing was typed yet`);
    const fresh = state.log.map((one) => JSON.stringify(one));
    const keeps = fresh.length >= shown.length && shown.every((one, i) => one === fresh[i]);
    if (!keeps) log.replaceChildren();
    log.append(...state.log.slice(keeps ? shown.length : 0).map(entry));
    if (fresh.length !== shown.length || !keeps) log.scrollTop = log.scrollHeight;
    shown = fresh;
    const { asks = 0, typed = "", line, words = [] } = state.offered;
    if (asks !== asked && typed === input.value) {
      place(line);
      offers.textContent = words.length ? words.slice(0, 40).join("   ") : "";
    }
    asked = asks;
  });
}

export default { render };
