"""Listings: which images and containers are shown, in which order, and what they weigh.

Facts: what a real Docker Engine 20.10.24 shows of the same worlds.
"""

import io
from zlib import crc32

import pytest
from worlds import ROOT, build, tar, world

from labimg.cli import rows
from labimg.clock import LabClock
from labimg.container import Run
from labimg.containers import Status
from labimg.digest import ImageID
from labimg.engine import Engine
from labimg.entry import file
from labimg.errors import DockerError, TooMuchHistory
from labimg.filters import Filters
from labimg.image import Image
from labimg.images import SUMMARIES
from labimg.reference import Reference
from labimg.spec import History, ImageDocument, RunConfig

BASE = len(b"root:x:0:0:root:/root:/bin/sh\n")  # bytes of `base:1`
APP = "FROM base:1\nLABEL a=1 b=2\nENV X=y\nCOPY f /f\n"


def tick(engine: Engine, seconds: float = 1) -> None:
    assert isinstance(engine.clock, LabClock)
    engine.clock.tick(seconds)


@pytest.fixture
def engine() -> Engine:
    """`base:1`, `app:1` built upon it with two other names, `other:1` with a label, each a second later."""
    engine = world()
    build(engine, APP, "app:1", {"f": "hello\n"})
    for name in ("app:two", "reg.example.com/x/app:1"):
        engine.tag("app:1", name)
    tick(engine)
    engine.import_(tar(file("/x", b"1234567")), "other:1", changes=["LABEL z=1"])
    return engine


def names(engine: Engine, name: str = "", *, all: bool = False, filters: Filters | None = None) -> list[str]:
    """The names of the images shown, those of one image joined; "-" where there is none."""
    shown = engine.images(name, all=all, filters=filters)
    return ["+".join(tag.familiar for tag in row.tags) or "-" for row in shown]


ALL_APP = "app:1+app:two+reg.example.com/x/app:1"


def test_images_come_newest_first_and_intermediate_ones_only_if_all_are_asked_for(engine: Engine) -> None:
    assert names(engine) == ["other:1", ALL_APP, "base:1"]
    assert sorted(names(engine, all=True)) == sorted(["other:1", ALL_APP, "-", "-", "base:1"])
    assert [row.parent for row in engine.images(all=True) if row.tags][-1] is None


def test_images_of_one_second_come_by_name() -> None:
    engine = world()
    for name in ("c:1", "a:1", "b:1"):
        engine.import_(tar(file("/x", name.encode())), name)
        tick(engine, 0.2)
    assert names(engine) == ["a:1", "b:1", "base:1", "c:1"]


NAMED = [
    ("app", ["app:1+app:two"]),
    ("app:*", ["app:1+app:two"]),
    ("*:1", ["other:1", "app:1", "base:1"]),
    ("*", ["other:1", "app:1+app:two", "base:1"]),
    ("*/*/*", ["reg.example.com/x/app:1"]),
    ("APP", []),
    ("library/app", []),
    ("docker.io/library/app", []),
    ("nosuch", []),
]


@pytest.mark.parametrize(("pattern", "shown"), NAMED)
def test_a_pattern_is_matched_with_the_familiar_name_and_hides_the_other_names(
    engine: Engine, pattern: str, shown: list[str]
) -> None:
    assert names(engine, pattern) == names(engine, filters={"reference": [pattern]}) == shown
    assert names(engine, pattern, all=True) == shown


FILTERED: list[tuple[Filters, list[str]]] = [
    ({"label": ["a"]}, [ALL_APP]),
    ({"label": ["a=1", "b=2"]}, [ALL_APP]),
    ({"label": ["a=1", "b=3"]}, []),
    ({"label": ["a", "z"]}, []),
    ({"since": ["app:1"]}, ["other:1"]),
    ({"before": ["app:1"]}, ["base:1"]),
    ({"since": ["base:1"], "before": ["other:1"]}, [ALL_APP]),
    ({"before": ["base:1", "app:1"]}, ["base:1"]),
    ({"reference": ["other", "base"]}, ["other:1", "base:1"]),
    ({"dangling": ["true"]}, []),
    ({"dangling": ["false"]}, ["other:1", ALL_APP, "base:1"]),
    ({"until": ["1s"]}, ["base:1"]),
    ({"until": ["2026-01-01T00:00:02Z"]}, [ALL_APP, "base:1"]),
]


@pytest.mark.parametrize(("filters", "shown"), FILTERED)
def test_filters_of_images(engine: Engine, filters: Filters, shown: list[str]) -> None:
    assert names(engine, filters=filters) == shown


def test_dangling_is_what_has_no_tag_and_no_children(engine: Engine) -> None:
    build(engine, APP, "base2:1", {"f": "other\n"})
    engine.tag("other:1", "base2:1")
    assert names(engine, filters={"dangling": ["true"]}) == ["-"]
    assert "-" in names(engine) and "-" not in names(engine, filters={"dangling": ["false"]}, all=True)


def test_an_image_with_a_digest_alone_is_shown_and_dangles() -> None:
    engine = world()
    digest = Reference.parse(f"base@sha256:{'1' * 64}")
    engine.store.tags.set(digest, engine.find("base:1"))
    engine.store.tags.delete(Reference.parse("base:1"))
    (row,) = engine.images(filters={"dangling": ["true"]})
    assert (row.tags, row.digests) == ((), (digest,)) and engine.images("base")[0].digests == (digest,)


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ({"foo": ["bar"]}, "Invalid filter 'foo'"),
        ({"dangling": ["1"]}, "Invalid filter 'dangling=[1]'"),
        ({"before": ["nosuch"]}, "No such image: nosuch:latest"),
        ({"since": ["BAD"]}, "invalid reference format: repository name must be lowercase"),
        ({"reference": ["["]}, "syntax error in pattern"),
        ({"until": ["1h", "2h"]}, "more than one until filter specified"),
    ],
)
def test_filters_of_images_are_refused_as_docker_refuses_them(filters: Filters, sentence: str) -> None:
    with pytest.raises(DockerError) as refused:
        world().images(filters=filters)
    assert str(refused.value) == sentence


def test_a_size_is_that_of_all_layers_and_each_file_counts_where_it_lies(engine: Engine) -> None:
    sizes = {row.tags[0].familiar: row.size for row in engine.images()}
    assert sizes == {"base:1": BASE, "app:1": BASE + 6, "other:1": 7}


# history


def test_history_is_newest_first_with_the_images_that_were_built_here(engine: Engine) -> None:
    app, base = engine.find("app:1"), engine.find("base:1")
    told = engine.history("app:1")
    assert [row.created_by[:24] for row in told] == [
        "/bin/sh -c #(nop) COPY f", "/bin/sh -c #(nop)  ENV X", "/bin/sh -c #(nop)  LABEL", "",
    ]  # fmt: skip
    assert [row.size for row in told] == [6, 0, 0, BASE]
    steps = [app, *(engine.store.images.parent(ImageID(row.id)) for row in told[:-1])]
    assert [row.id for row in told] == steps and told[-1].id == base
    assert told[-1].comment == "Imported from -" and told[0].created - told[-1].created == 10**9
    assert told[0].tags == ("app:1", "app:two", "reg.example.com/x/app:1") and told[1].tags == ()


def test_of_an_image_from_elsewhere_only_the_top_is_known(engine: Engine) -> None:
    out = io.BytesIO()
    engine.save(["app:1"], out)
    out.seek(0)
    other = Engine.memory("other")
    other.load(out)
    assert [row.id for row in other.history("app:1")] == [engine.find("app:1"), *["<missing>"] * 3]


def test_history_ends_where_an_image_has_gone(engine: Engine) -> None:
    base = engine.find("base:1")
    engine.store.images.delete(base)
    assert [row.id == "<missing>" for row in engine.history("app:1")] == [False, False, False, True]


def test_history_may_not_tell_of_more_layers_than_there_are_but_of_fewer(engine: Engine) -> None:
    base = engine.image("base:1")
    step = History()
    engine.store.images.put(more := base.but(history=(step, step)))
    with pytest.raises(TooMuchHistory, match="too many non-empty layers in History section"):
        engine.history(more.id)
    engine.store.images.put(fewer := base.but(history=()))
    assert engine.history(fewer.id) == []


# ps


def state(engine: Engine, name: str, status: Status, code: int = 0) -> None:
    """Let a container have run."""
    found = engine.store.container(name)
    engine.store.containers.put(found.but(status=status, exit_code=code, started_at=engine.now()))


@pytest.fixture
def lived(engine: Engine) -> Engine:
    """c1 made, c2 ended by 3, c3 running, c4 named by an ID, c5 by a name that has gone."""
    images = ["app:1", "app:1", "base:1", engine.find("other:1").short, "gone:1"]
    engine.tag("other:1", "gone:1")
    for number, image in enumerate(images, 1):
        tick(engine)
        labels = {"last": "yes"} if number == 5 else {}
        engine.create(image, Run(command=("x",), name=f"c{number}", labels=labels))
    engine.rmi("gone:1")
    state(engine, "c2", "exited", 3)
    state(engine, "c3", "running")
    return engine


def shown(engine: Engine, filters: Filters | None = None, *, all: bool = True, last: int = 0) -> str:
    """The names of the containers shown."""
    return " ".join(row.container.name for row in engine.ps(all=all, last=last, filters=filters))


def test_ps_shows_what_runs_or_all_or_the_last_newest_first(lived: Engine) -> None:
    assert shown(lived, all=False) == shown(lived, all=False, last=-1) == "c3"
    assert shown(lived) == "c5 c4 c3 c2 c1"
    assert shown(lived, all=False, last=2) == shown(lived, last=2) == "c5 c4"


CONTAINERS: list[tuple[Filters, str]] = [
    ({"status": ["exited"]}, "c2"),
    ({"status": ["created", "running"]}, "c5 c4 c3 c1"),
    ({"status": ["restarting"]}, ""),
    ({"exited": ["3"]}, "c2"),
    ({"exited": ["+3", "0"]}, "c2"),
    ({"exited": ["0"]}, ""),
    ({"ancestor": ["base:1"]}, "c3 c2 c1"),
    ({"ancestor": ["app:1", "other:1"]}, "c5 c4 c2 c1"),
    ({"ancestor": ["nosuch"]}, ""),
    ({"ancestor": ["BAD", "base:1"]}, "c3 c2 c1"),
    ({"before": ["c3"]}, "c2 c1"),
    ({"before": ["/c2"]}, "c1"),
    ({"since": ["c3"]}, "c5 c4"),
    ({"since": ["c1"], "before": ["c4"]}, "c3 c2"),
    ({"since": ["c4"], "before": ["c1"]}, ""),
    ({"since": ["c3"], "name": ["c5"]}, "c5"),
    ({"before": ["c3"], "name": ["c1"]}, ""),  # so it is: c3 is sought among those named c1
    ({"name": ["c"]}, "c5 c4 c3 c2 c1"),
    ({"name": ["^c[12]$"]}, "c2 c1"),
    ({"name": ["^/c1$"]}, "c1"),
    ({"name": ["c1", "c4"]}, "c4 c1"),
    ({"name": ["C1"]}, ""),
    ({"name": ["("]}, ""),
    ({"name": ["(", "c1"]}, "c1"),
    ({"name": [""]}, "c5 c4 c3 c2 c1"),
    ({"id": [""]}, ""),
    ({"id": ["zz"]}, ""),
    ({"label": ["a"]}, "c2 c1"),
    ({"label": ["z=1"]}, "c5 c4"),
    ({"label": ["z", "last=yes"]}, "c5"),
    ({"label": ["a", "z"]}, ""),
]


@pytest.mark.parametrize(("filters", "found"), CONTAINERS)
def test_filters_of_containers(lived: Engine, filters: Filters, found: str) -> None:
    assert shown(lived, filters) == found


def test_a_filter_by_status_shows_what_does_not_run_and_one_by_exit_code_does_not(lived: Engine) -> None:
    assert shown(lived, {"status": ["exited"]}, all=False) == "c2"
    assert shown(lived, {"exited": ["3"]}, all=False) == ""
    assert shown(lived, {"exited": ["3"]}, all=False, last=1) == "c2"


def test_an_id_fits_by_its_beginning_and_only_if_it_is_the_only_one(lived: Engine) -> None:
    one, two = lived.store.container("c1").id, lived.store.container("c2").id
    assert shown(lived, {"id": [one]}) == shown(lived, {"id": [one[:12]]}) == "c1"
    assert shown(lived, {"id": [one[:12], two[:20]]}) == "c2 c1" and shown(lived, {"id": [one[1:]]}) == ""
    assert shown(lived, {"id": [one[:12]], "name": ["c2"]}) == ""
    assert shown(lived, {"before": [two]}) == "c1"


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ({"nope": ["1"]}, "Invalid filter 'nope'"),
        ({"status": ["foo"]}, "Invalid filter 'status=foo'"),
        ({"status": [""]}, "Invalid filter 'status='"),
        ({"exited": ["x"]}, 'strconv.Atoi: parsing "x": invalid syntax'),
        ({"before": ["nosuch"]}, "no such container nosuch"),
        ({"since": ["nosuch", "c1"]}, "no such container nosuch"),
    ],
)
def test_filters_of_containers_are_refused_as_docker_refuses_them(
    lived: Engine, filters: Filters, sentence: str
) -> None:
    with pytest.raises(DockerError) as refused:
        lived.ps(filters=filters)
    assert str(refused.value) == sentence


def test_before_and_since_know_no_short_ids(lived: Engine) -> None:
    short = lived.store.container("c2").short
    with pytest.raises(DockerError, match=f"^no such container {short}$"):
        lived.ps(all=True, filters={"before": [short]})


def test_a_container_shows_its_image_as_typed_while_that_leads_there(lived: Engine) -> None:
    other, base = lived.find("other:1"), lived.find("base:1")
    digest = f"base:1@sha256:{'1' * 64}"
    typed = [base, base[:30], base.hex[:20], base.hex[:4], "docker.io/library/base:1", digest]
    lived.store.tags.set(Reference.parse(digest).stored, base)
    for text in typed:
        tick(lived)
        lived.create(text, Run(command=("x",)))
    found = lived.ps(all=True)
    called = rows.container(now=0)["Image"]
    cells = [called(row) for row in found]  # type: ignore[operator]
    assert [row.image for row in found] == [*reversed(typed), other, other.short, "base:1", "app:1", "app:1"]
    named = ["base:1", "app:1", "app:1"]
    assert cells == ["base:1", "base:1", base.hex[:4], *[base.short] * 3, *[other.short] * 2, *named]


def test_a_container_weighs_what_it_wrote_even_if_its_image_is_gone(lived: Engine) -> None:
    lived.store.containers.write(lived.store.container("c1"), [file("/w", b"12345")])
    by_name = {row.container.name: row for row in lived.ps(all=True)}
    assert (by_name["c1"].size, by_name["c1"].image_size, by_name["c2"].size) == (5, BASE + 6, 0)
    lived.store.images.delete(lived.find("app:1"))
    by_name = {row.container.name: row for row in lived.ps(all=True)}
    assert (by_name["c1"].size, by_name["c1"].image_size) == (5, 0)


# system df


def test_disk_use_is_what_one_adds_up_by_hand(lived: Engine) -> None:
    lived.store.containers.write(lived.store.container("c1"), [file("/w", b"12345")])
    lived.store.containers.write(lived.store.container("c3"), [file("/w", b"123")])
    used = lived.df()
    by_name = {row.tags[0].familiar: row for row in used.images}
    assert {name: (row.size, row.shared, row.containers) for name, row in by_name.items()} == {
        "base:1": (BASE, BASE, 1), "app:1": (BASE + 6, BASE, 2), "other:1": (7, 0, 2),
    }  # fmt: skip
    assert used.layers == BASE + 6 + 7  # each once
    assert used.used == 0 + 6 + 7  # what only images with containers have
    assert (used.written, used.idle) == (5 + 3, 5)


def test_disk_use_of_nothing_is_nothing() -> None:
    used = Engine.memory().df()
    assert (used.images, used.containers, used.layers, used.used, used.written, used.idle) == (
        (),
        (),
        0,
        0,
        0,
        0,
    )


def test_layers_of_intermediate_images_are_not_shared_with_their_own_end(engine: Engine) -> None:
    build(engine, "FROM other:1\nCOPY f /f\nLABEL c=d\n", "twice:1", {"f": "hello\n"})
    by_name = {row.tags[0].familiar: (row.size, row.shared) for row in engine.df().images}
    assert by_name["twice:1"] == (7 + 6, 7) and by_name["other:1"] == (7, 7)


def test_an_image_of_no_layers_weighs_nothing() -> None:
    engine = Engine.memory()
    image = Image.of(ImageDocument((), RunConfig(), created="1970-01-01T00:00:00Z"))
    engine.store.images.put(image)
    (row,) = engine.images()
    assert (row.id, row.size, row.created) == (image.id, 0, 0)
    assert engine.history(image.id) == [] and row._replace(shared=0) == engine.df().images[0]


def test_the_base_of_every_world_here_is_one_layer() -> None:
    assert sum(entry.size for entry in ROOT) == BASE


def test_where_there_are_many_images_what_they_tell_is_kept_and_the_list_stays_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = Engine.memory()
    for number in range(4):
        engine.import_(tar(file("/n", b"x" * number)), f"many:{number}", changes=[f"LABEL n={number}"])
    before = engine.images()
    assert not engine.files.exists(SUMMARIES)
    monkeypatch.setattr("labimg.store.MANY", 3)
    assert engine.images() == before and set(engine.store.images.summaries()) == {row.id for row in before}
    engine.rmi("many:0")
    engine.import_(tar(file("/late", b"y")), "late:1")
    fresh = Engine(engine.files, clock=engine.clock)
    assert [row.size for row in fresh.images()] == [row.size for row in engine.images()]
    assert names(fresh) == ["late:1", "many:1", "many:2", "many:3"]


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{", b'{"sha256:0": 1}', b'{"sha256:0": ["a", 1, {}]}', b"[" * 9999]
)
def test_summaries_that_are_none_count_as_not_kept(text: bytes) -> None:
    engine = world()
    before = engine.images()
    for seal in (b"", b"%08x\n" % crc32(text)):
        engine.files.write(SUMMARIES, seal + text)
        assert engine.images() == before
