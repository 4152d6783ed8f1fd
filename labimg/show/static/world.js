// The world a union view shows: which paths stand at a floor, which rows to show.
//
// Nothing here knows what a whiteout does.  Python sends for each path what every floor
// did to it, {p: path, k: kinds, h: [[floor, sign, size, said], ...]}, and the state of a
// path at floor n is the last item of h whose floor is at most n.

const CHUNK = 200; // rows of one folder shown at a time
const ROWS = 500; // rows of the whole tree shown at a time
const HIDES = "×";
const KINDS = { f: "file", d: "directory", l: "symlink", h: "hard link", o: "special file" };

/** The paths as a forest; they come in the order of a walk, a folder before its content. */
export function plant(entries) {
  const index = new Map();
  return entries.map((entry, i) => {
    const cut = entry.p.lastIndexOf("/");
    const parent = index.get(entry.p.slice(0, cut)) ?? -1;
    index.set(entry.p, i);
    return { i, entry, parent, name: entry.p.slice(cut + 1), depth: entry.p.split("/").length - 2 };
  });
}

/** The index in `h` of a path's state at floor `n`; -1 if it was not yet there. */
export function at(h, n) {
  let found = -1;
  while (found + 1 < h.length && h[found + 1][0] <= n) found += 1;
  return found;
}

/** The letter of what stands at a path after event number `e`. */
const kind = (entry, e) => (entry.k.length > 1 ? entry.k[e] : entry.k);

/** The whole world at floor `n`: each path's state, what stands, what is struck through, bytes by floor. */
export function survey(nodes, n, floors) {
  const world = { now: [], stands: [], struck: [], inside: [], touched: [], files: 0 };
  world.stored = new Array(floors + 1).fill(0);
  world.visible = new Array(floors + 1).fill(0);
  for (const { i, entry, parent } of nodes) {
    const last = at(entry.h, n);
    const state = entry.h[last];
    const grounded = parent < 0 || world.stands[parent];
    world.now[i] = state;
    world.stands[i] = Boolean(state && grounded && state[1] !== HIDES);
    world.struck[i] = Boolean(state && grounded && state[1] === HIDES);
    world.inside[i] = world.touched[i] = 0;
    for (let e = 0; e <= last; e += 1) world.stored[entry.h[e][0]] += entry.h[e][2];
    if (world.stands[i] && kind(entry, last) !== "d") {
      world.files += 1;
      world.visible[state[0]] += state[2];
    }
  }
  for (let i = nodes.length - 1; i >= 0; i -= 1) {
    const { parent } = nodes[i];
    if (parent < 0) continue;
    world.inside[parent] += world.inside[i] + Number(world.stands[i]);
    world.touched[parent] += world.touched[i] + Number(changed(world, nodes[i], n));
  }
  return world;
}

/** Did floor `n` itself do something to this path that one can see? */
export function changed(world, { i, entry }, n) {
  const state = world.now[i];
  if (!state || state[0] !== n || !(world.stands[i] || world.struck[i])) return false;
  return kind(entry, at(entry.h, n)) !== "d" || state[1] !== "↑";
}

/** The rows to show, in order: a node, or {more, parent} where a folder or the tree has too many. */
export function choose(nodes, world, { n, mode, query, isOpen, grown, rows: limit }) {
  const wanted = new Array(nodes.length).fill(false);
  for (let i = nodes.length - 1; i >= 0; i -= 1) {
    const node = nodes[i];
    const here = world.stands[i] || (world.struck[i] && (mode === "hidden" || world.now[i][0] === n));
    const named = !query || node.entry.p.toLowerCase().includes(query);
    if (!here || !(wanted[i] || (named && (mode !== "changed" || changed(world, node, n))))) continue;
    wanted[i] = true;
    if (node.parent >= 0) wanted[node.parent] = true;
  }
  const searching = Boolean(query) || mode === "changed";
  const rows = [];
  const visible = []; // folders whose content is shown
  const shown = new Map(); // folder -> rows shown in it
  const left = new Map(); // folder -> rows not shown in it
  let rest = 0;
  for (const node of nodes) {
    const { i, parent } = node;
    if (!wanted[i] || (parent >= 0 && !visible[parent])) continue;
    const nth = (shown.get(parent) ?? 0) + 1;
    if (rows.length >= limit) rest += 1;
    else if (nth > (grown.get(parent) ?? CHUNK)) left.set(parent, (left.get(parent) ?? 0) + 1);
    else {
      shown.set(parent, nth);
      visible[i] = world.stands[i] && (searching || isOpen(i));
      rows.push(node);
    }
  }
  for (const [parent, more] of left)
    insert(rows, { more, parent, depth: parent < 0 ? 0 : nodes[parent].depth + 1 });
  return rest ? [...rows, { more: rest, parent: -2, depth: 0 }] : rows;
}

/** Put a "more" row behind all that is shown of its folder. */
function insert(rows, more) {
  let end = rows.findLastIndex((row) => row.parent === more.parent);
  while (end + 1 < rows.length && rows[end + 1].depth > more.depth) end += 1;
  rows.splice(end + 1, 0, more);
}

/** A size as Docker prints it. */
export function size(bytes) {
  let unit = 0;
  for (; bytes >= 1000 && unit < 4; unit += 1) bytes /= 1000;
  return Number(bytes.toPrecision(3)) + ["B", "kB", "MB", "GB", "TB"][unit];
}

const count = (many, noun) => `${many.toLocaleString("en")} ${noun}${many === 1 ? "" : "s"}`;
