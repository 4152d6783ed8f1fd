"""`--squash`: all layers upon the base become one, and what came and went between them is gone.

History keeps its steps, without layers, and tells the merge as one more.

Source: moby/daemon/images/images_squash.go at v20.10.24.
"""

from labimg.build.stage import World
from labimg.changes import diff
from labimg.container import layered
from labimg.digest import ImageID
from labimg.entry import Entry
from labimg.spec import History
from labimg.union import UnionView


def squash(world: World, built: ImageID, base: ImageID | None) -> ImageID:
    """The image `built` with one layer upon `base`, None being scratch."""
    store = world.store
    image = store.images.find(built)
    below = store.images.find(base) if base else None
    lower = UnionView(store.layers.stack(below.top if below else None)).tree
    changed = [_bare(entry) for entry in diff(lower, UnionView(store.layers.stack(image.top)).tree)]
    diff_id = layered(store, changed, below)
    known = len(below.history) if below else 0
    steps = (*image.history[:known], *(step._replace(empty_layer=True) for step in image.history[known:]))
    now = world.now()
    merge = f"merge {built} to {base}" if base else f"create new from {built}"
    return store.images.put(
        image.but(
            diff_ids=(*(below.document.diff_ids if below else ()), *([diff_id] if diff_id else ())),
            history=(*steps, History(now, comment=merge, empty_layer=diff_id is None)),
            created=now,
        )
    )


def _bare(entry: Entry) -> Entry:
    """A whiteout that no directory on disk stands behind has no rights either."""
    return entry._replace(mode=0) if entry.whiteout else entry
