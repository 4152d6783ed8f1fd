// The page's own model for the union view: what a kernel would keep, kept here.
const told = JSON.parse(document.getElementById("cargo").textContent);
const heard = new Map();
const state = { ...told.view, selected: "", excerpt: "" };
const excerpts = new Map(told.excerpts.map(([path, floor, text]) => [`${floor} ${path}`, text]));
const lives = new Map(told.view.entries.map((entry) => [entry.p, entry.h]));

function excerptOf(path, n) {
  const past = (lives.get(path) ?? []).filter(([floor]) => floor <= n);
  return past.length ? (excerpts.get(`${past.at(-1)[0]} ${path}`) ?? "") : "";
}

const model = {
  get: (name) => state[name],
  set(name, value) {
    state[name] = value;
    for (const heed of heard.get(`change:${name}`) ?? []) heed();
    if (name === "excerpt") return;
    const text = excerptOf(state.selected, state.floor);
    if (text !== state.excerpt) model.set("excerpt", text);
  },
  save_changes() {},
  on: (name, heed) => heard.set(name, [...(heard.get(name) ?? []), heed]),
  off() {},
};
render({ model, el: document.getElementById("union") });
