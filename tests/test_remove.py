"""rmi and prune: the whole matrix of what goes, what stays, and in which words it is refused."""

import pytest
from worlds import build, world

from labimg import tags
from labimg.check import check
from labimg.container import Run
from labimg.engine import Engine
from labimg.errors import DockerError
from labimg.remove import Deleted, Removed, Untagged

APP = "FROM base:1\nLABEL a=b\nCOPY one /\nCOPY two /\n"
FILES = {"one": "1\n", "two": "2\n"}


def app(*tags: str) -> Engine:
    engine = world()
    build(engine, APP, tags[0], FILES)
    for tag in tags[1:]:
        engine.tag(tags[0], tag)
    return engine


def said(records: list[Removed] | tuple[Removed, ...]) -> list[str]:
    return [record.reference if isinstance(record, Untagged) else "deleted" for record in records]


def names(engine: Engine) -> list[str]:
    return [tag.familiar for row in engine.images(all=True) for tag in row.tags]


def test_by_name_the_image_goes_with_its_layers_and_the_images_it_was_built_upon() -> None:
    engine = app("app:1")
    image = engine.image("app:1")
    records = engine.rmi("app:1")
    assert said(records) == ["app:1", *["deleted"] * 5]
    assert records[1] == Deleted(image.id) and records[2] == Deleted(image.chain_ids[-1])
    assert names(engine) == ["base:1"]


def test_without_prune_the_images_below_stay() -> None:
    engine = app("app:1")
    assert said(engine.rmi("app:1", prune=False)) == ["app:1", "deleted", "deleted"]
    assert len(engine.images(all=True)) == 3 and len(engine.images()) == 2
    assert said(engine.image_prune().records) == ["deleted"] * 3


def test_one_name_of_two_is_only_untagged() -> None:
    engine = app("app:1", "other:1")
    assert said(engine.rmi("app:1")) == ["app:1"]
    assert "other:1" in names(engine)


def test_two_names_by_id_need_force_and_are_told_in_the_order_of_their_full_names() -> None:
    engine = app("app:1", "app2:1")
    short = engine.find("app:1").short
    with pytest.raises(DockerError) as refused:
        engine.rmi(short)
    assert str(refused.value) == (
        f"conflict: unable to delete {short} (must be forced) - image is referenced in multiple repositories"
    )
    assert said(engine.rmi(short, force=True))[:3] == ["app2:1", "app:1", "deleted"]


def test_an_image_with_children_cannot_go_by_id_but_loses_its_name() -> None:
    engine = app("app:1")
    base = engine.find("base:1")
    for force in (False, True):
        with pytest.raises(DockerError, match=r"\(cannot be forced\) - image has dependent child images"):
            engine.rmi(base.short, force=force)
    assert said(engine.rmi("base:1")) == ["base:1"]
    assert said(engine.rmi("app:1")) == ["app:1", *["deleted"] * 7]
    assert engine.images(all=True) == []


def stopped(engine: Engine) -> str:
    return engine.create("app:1", Run(command=("/bin/true",), name="c1")).short


def test_a_stopped_container_protects_the_last_name() -> None:
    engine = app("app:1")
    image, container = engine.find("app:1").short, stopped(engine)
    with pytest.raises(DockerError) as refused:
        engine.rmi("app:1")
    assert str(refused.value) == (
        f'conflict: unable to remove repository reference "app:1" (must force) - '
        f"container {container} is using its referenced image {image}"
    )
    with pytest.raises(DockerError) as refused:
        engine.rmi(image)
    assert str(refused.value) == (
        f"conflict: unable to delete {image} (must be forced) - "
        f"image is being used by stopped container {container}"
    )
    engine.rm("c1")
    assert said(engine.rmi("app:1"))[:2] == ["app:1", "deleted"]


def test_forced_from_under_a_stopped_container_the_image_goes_and_its_layers_stay() -> None:
    engine = app("app:1")
    layers = engine.image("app:1").chain_ids
    stopped(engine)
    assert said(engine.rmi("app:1", force=True)) == ["app:1", "deleted", "deleted", "deleted"]
    assert all(engine.store.layers.has(chain) for chain in layers)
    assert engine.ps(all=True)[0].image.startswith("sha256:")
    engine.rm("c1")
    assert not engine.store.layers.has(layers[-1])


def test_a_running_container_keeps_its_image_even_by_force() -> None:
    engine = app("app:1")
    found = engine.store.container(stopped(engine))
    engine.store.containers.put(found.but(status="running"))
    image = engine.find("app:1").short
    assert said(engine.rmi("app:1", force=True)) == ["app:1"]
    for force in (False, True):
        with pytest.raises(DockerError) as refused:
            engine.rmi(image, force=force)
        assert str(refused.value) == (
            f"conflict: unable to delete {image} (cannot be forced) - "
            f"image is being used by running container {found.short}"
        )


@pytest.mark.parametrize("name", ["nosuch", "nosuch:2", "000000000000", "sha256:0000"])
def test_what_is_not_there_is_told_by_its_familiar_name(name: str) -> None:
    told = name if ":" in name else name + ":latest"
    with pytest.raises(DockerError) as refused:
        world().rmi(name)
    assert str(refused.value) == f"No such image: {told}"


def test_a_refusal_takes_nothing_away() -> None:
    engine = app("app:1", "app2:1")
    before = list(engine.files.paths())
    with pytest.raises(DockerError):
        engine.rmi(engine.find("app:1").short)
    assert list(engine.files.paths()) == before


def test_a_rebuilt_name_leaves_a_dangling_image_that_prune_takes() -> None:
    engine = app("app:1")
    build(engine, APP, "app:1", FILES | {"two": "other\n"})
    assert [row.tags for row in engine.images(filters={"dangling": ["true"]})] == [()]
    pruned = engine.image_prune()
    assert said(pruned.records) == ["deleted", "deleted"] and pruned.reclaimed == 2
    assert engine.image_prune().records == ()


def test_prune_of_all_spares_what_a_container_stands_on() -> None:
    engine = app("app:1")
    stopped(engine)
    pruned = engine.image_prune(filters={"dangling": ["false"]})
    assert said(pruned.records) == ["base:1"] and pruned.reclaimed == 0
    assert names(engine) == ["app:1"]


def test_prune_of_all_takes_all() -> None:
    engine = app("app:1")
    pruned = engine.image_prune(filters={"dangling": ["false"]})
    assert engine.images(all=True) == [] and list(engine.store.layers.all()) == []
    assert pruned.reclaimed == len(b"root:x:0:0:root:/root:/bin/sh\n") + 4


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ({"foo": ["1"]}, "Invalid filter 'foo'"),
        ({"until": ["xx"]}, 'failed to parse value as time or duration: "xx"'),
        ({"until": ["1h", "2h"]}, "more than one until filter specified"),
    ],
)
def test_prune_refuses_filters_it_does_not_know(filters: dict[str, list[str]], sentence: str) -> None:
    with pytest.raises(DockerError) as refused:
        world().image_prune(filters=filters)
    assert str(refused.value) == sentence


def test_of_several_each_finds_what_the_ones_before_it_left() -> None:
    engine = app("app:1", "other:1")
    told = engine.rmi_each(["app:1", "app:1", "other", "other:1"])
    assert [str(one) if isinstance(one, DockerError) else said(one) for one in told] == [
        ["app:1"],
        "No such image: app:1",
        "No such image: other:latest",
        ["other:1", *["deleted"] * 5],
    ]
    assert names(engine) == ["base:1"] and check(engine.store) == []


def test_of_several_names_are_forgotten_in_one_write() -> None:
    engine = app("app:1", "app:2", "app:3", "app:4")
    written: list[str] = []
    write = engine.files.write

    def noted(path: str, data: bytes) -> None:
        written.append(path)
        write(path, data)

    engine.files.write = noted  # type: ignore[method-assign]
    engine.rmi_each(["app:1", "app:2", "app:3"])
    assert written == [tags.PATH] and names(engine) == ["app:4", "base:1"]
