"""Two worlds beside each other: what changed in names, images, layers, containers and files."""

import re
from collections.abc import Callable, Iterator, Mapping

from labimg.digest import ChainID, ImageID
from labimg.entry import Entry
from labimg.files import MemoryFiles, Snapshot
from labimg.layer import Tree, apply
from labimg.show.board import Board, Row, board, some
from labimg.show.building import instruction
from labimg.show.names import counted, spelled
from labimg.store import Store
from labimg.union import UnionView

NEW, GONE, CHANGED = ("+", "new"), ("−", "gone"), ("~", "changed")


def store(files: Mapping[str, bytes]) -> Store:
    """The store that `files` are, to look into."""
    kept = MemoryFiles()
    kept.restore(Snapshot(dict(files)))
    return Store(kept, lambda: "")


def compare(before: Mapping[str, bytes], after: Mapping[str, bytes], *, title: str) -> Board:
    """What is other in `after`."""
    old, new = store(before), store(after)
    groups = {
        "names": _names(old, new),
        "images": _images(old, new),
        "layers": _layers(old, new),
        "containers": _containers(old, new),
        "files one sees": _files(old, new),
        "records of the store": _records(before, after),
    }
    counted = [
        f"{len(rows)} {name.removesuffix('s') if len(rows) == 1 else name}"
        for name, rows in groups.items()
        if rows and name in ("names", "images", "layers", "containers")
    ]
    said = ", ".join(counted) or (
        "only records of the store" if groups["records of the store"] else "nothing"
    )
    return board(title, f"{said} changed", groups)


def _row(how: tuple[str, str], name: str, note: str = "", **more: object) -> Row:
    tones = {NEW: "new", GONE: "gone"}
    return Row(*how, name, note, tone=tones.get(how, "plain"), **more)  # type: ignore[arg-type]


def _names(old: Store, new: Store) -> list[Row]:
    """Names that came, went, or lead elsewhere."""
    was, now = old.tags.all(), new.tags.all()
    rows = []
    for name in sorted(was.keys() | now.keys(), key=str):
        at, to = was.get(name), now.get(name)
        if at == to:
            continue
        digest = name.familiar.partition("@sha256:")
        called = f"{digest[0]}@{digest[2][:12]}" if digest[2] else name.familiar
        if at and to:
            rows.append(_row(CHANGED, called, f"led to {at.short}, leads to {to.short}"))
        elif to:
            rows.append(_row(NEW, called, f"leads to {to.short}"))
        elif at:
            rows.append(_row(GONE, called, f"led to {at.short}"))
    return rows


def _images(old: Store, new: Store) -> list[Row]:
    was, now = set(old.images.all()), set(new.images.all())
    gone = (_image(old, image_id, GONE) for image_id in sorted(was - now))
    return [*(_image(new, image_id, NEW) for image_id in _born(new, now - was)), *gone]


def _born(new: Store, found: set[ImageID]) -> list[ImageID]:
    """In the order they were made."""
    return sorted(found, key=lambda image_id: (new.images.find(image_id).document.created, image_id))


def _image(store: Store, image_id: ImageID, how: tuple[str, str]) -> Row:
    image = store.images.find(image_id)
    steps = [_short(instruction(step.created_by)) for step in image.history]
    said = counted(len(image.chain_ids), "floor")
    said += f", last step {steps[-1]}" if steps and steps[-1] else ""
    names = [name.familiar for name in store.tags.of(image_id)]
    detail = [
        f"image ID {image_id}",
        *(f"name {name}" for name in names),
        "history, the oldest first:",
        *steps,
    ]
    return _row(how, image_id.short, said, size=store.size(image), detail=some(detail))


def _short(step: str) -> str:
    """A step with the digests in it cut to twelve digits."""
    return re.sub(r"([0-9a-f]{12})[0-9a-f]{52}", r"\1…", step)


def _layers(old: Store, new: Store) -> list[Row]:
    was, now = set(old.layers.all()), set(new.layers.all())
    rows = [
        _layer(new, chain, NEW) for chain in sorted(now - was, key=lambda one: (new.layers.depth(one), one))
    ]
    return rows + [_layer(old, chain, GONE) for chain in sorted(was - now)]


def _layer(store: Store, chain: ChainID, how: tuple[str, str]) -> Row:
    layer = store.layers.find(chain)
    depth = store.layers.depth(chain)
    paths = [spelled(entry.path) for entry in layer.entries]
    count = counted(len(paths), "entry", "entries")
    detail = [f"chain ID {chain}", f"diff ID  {layer.diff_id}", *paths]
    return _row(how, f"layer {chain.short}", count, number=depth, size=layer.size, detail=some(detail, 16))


def _containers(old: Store, new: Store) -> list[Row]:
    was, now = ({box.id: box for box in store.containers.all()} for store in (old, new))
    rows = []
    for key in sorted(was.keys() | now.keys(), key=lambda key: (now.get(key) or was[key]).created):
        at, to = was.get(key), now.get(key)
        if at and to and at != to:
            called = at.name if at.name == to.name else f"{at.name} → {to.name}"
            status = (
                at.state.status
                if at.state.status == to.state.status
                else f"{at.state.status} → {to.state.status}"
            )
            rows.append(_row(CHANGED, called, status))
        elif to and not at:
            rows.append(_row(NEW, to.name, f"{to.state.status}, on image {to.image.short}"))
        elif at and not to:
            rows.append(_row(GONE, at.name, f"was {at.state.status}"))
    return rows


def _files(old: Store, new: Store) -> list[Row]:
    """For each name that leads elsewhere and each container that wrote: the files that are other now."""
    rows = []
    was, now = old.tags.all(), new.tags.all()
    for name in sorted(was.keys() & now.keys(), key=str):
        if was[name] != now[name]:
            rows += _told(f"in {name.familiar}", changes(_tree(old, was[name]), _tree(new, now[name])))
    boxes = {box.id: box for box in old.containers.all()}
    for box in new.containers.all():
        upper, tree = new.containers.upper(box), _under(new, new.containers.top(box))
        past = old.containers.upper(boxes[box.id]) if box.id in boxes else ()
        if [tuple(entry)[:9] for entry in upper] != [tuple(entry)[:9] for entry in past]:
            rows += _told(f"in container {box.name}", changes(apply(tree, past), apply(tree, upper)))
    return rows


def _tree(store: Store, image_id: ImageID) -> Tree:
    return _under(store, store.images.find(image_id).top)


def _under(store: Store, top: ChainID | None) -> Tree:
    return UnionView(store.layers.stack(top)).tree


def changes(old: Tree, new: Tree) -> dict[str, str]:
    """Each path that is other in `new`, with its sign.

    Unlike `docker diff`, which trusts sizes and times, this compares what the files hold.
    """
    signs = dict.fromkeys(old.keys() - new.keys(), GONE[0]) | dict.fromkeys(new.keys() - old.keys(), NEW[0])
    signs |= {path: CHANGED[0] for path in old.keys() & new.keys() if not _same(old[path], new[path])}
    return dict(sorted(signs.items()))


def _same(one: Entry, other: Entry) -> bool:
    """Are they alike but for their times?"""
    if one[1:6] + one[7:10] != other[1:6] + other[7:10]:
        return False
    places = [(getattr(entry.source, "path", id(entry.source)), entry.offset) for entry in (one, other)]
    return not one.is_file or places[0] == places[1] or one.read() == other.read()


def _told(where: str, signs: Mapping[str, str]) -> list[Row]:
    if not signs:
        return []
    words = {NEW[0]: "added", CHANGED[0]: "changed", GONE[0]: "deleted"}
    counted = {word: sum(found == sign for found in signs.values()) for sign, word in words.items()}
    said = ", ".join(f"{count} {word}" for word, count in counted.items() if count)
    return [
        _row(CHANGED, where, said, detail=some([f"{sign} {spelled(path)}" for path, sign in signs.items()]))
    ]


def _records(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[Row]:
    """The files of the store itself."""
    found: dict[tuple[str, str], list[str]] = {
        NEW: sorted(after.keys() - before.keys()),
        CHANGED: sorted(path for path in before.keys() & after.keys() if before[path] != after[path]),
        GONE: sorted(before.keys() - after.keys()),
    }
    size: Callable[[str], int] = lambda path: len(after.get(path, before.get(path, b"")))  # noqa: E731
    return [
        _row(how, counted(len(paths), "record"), _kinds(paths),
             size=sum(map(size, paths)), detail=some(paths))
        for how, paths in found.items() if paths
    ]  # fmt: skip


def _kinds(paths: list[str]) -> str:
    """Which shelves they lie on."""
    shelves = {
        "image/overlay2/repositories.json": "names", "image/overlay2/imagedb": "images",
        "image/overlay2/layerdb/mounts": "mounts", "image/overlay2/layerdb": "layers",
        "image/overlay2/distribution": "registries", "overlay2": "bytes of layers",
        "containers": "containers", "docker/registry": "a registry",
    }  # fmt: skip

    def shelf(path: str) -> Iterator[str]:
        yield from (word for start, word in shelves.items() if path.startswith(start))
        yield "other"

    return ", ".join(dict.fromkeys(next(shelf(path)) for path in paths))
