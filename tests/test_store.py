"""The store: how a text leads to an image or a container, and what holds a layer."""

from itertools import count

import pytest
from worlds import build, world

from labimg.container import Run
from labimg.digest import ChainID, ImageID
from labimg.engine import Engine
from labimg.errors import DockerError, NoSuchImage
from labimg.image import Image
from labimg.reference import Reference
from labimg.spec import ImageDocument
from labimg.store import Store, steady


def many(store: Store, number: int = 17) -> list[ImageID]:
    """So many images of no layers; of 17 two begin with the same digit."""
    return [store.images.put(Image.of(ImageDocument((), comment=f"{n}"))) for n in range(number)]


@pytest.mark.parametrize("cut", [slice(None), slice(7, None), slice(0, 19), slice(7, 19), slice(7, 10)])
def test_an_id_leads_to_its_image_whole_or_in_part(cut: slice) -> None:
    engine = world()
    assert engine.find(engine.find("base:1")[cut]) == engine.find("base:1")


@pytest.mark.parametrize(
    "name", ["base:1", "library/base:1", "docker.io/base:1", "index.docker.io/library/base:1"]
)
def test_a_name_leads_to_its_image_however_much_of_it_is_written(name: str) -> None:
    engine = world()
    assert engine.image(name).id == engine.find("base:1")


def test_a_name_without_a_tag_means_latest_and_no_other() -> None:
    engine = world()
    with pytest.raises(NoSuchImage):
        engine.find("base")
    engine.tag("base:1", "base")
    assert engine.find("base") == engine.find("base:latest") == engine.find("base:1")


def test_a_name_wins_over_the_beginning_of_an_id() -> None:
    engine = world()
    base = engine.find("base:1")
    other = build(engine, "FROM base:1\nLABEL a=b\n", "other:1")
    engine.tag("other:1", base.short)
    assert engine.find(base.short) == other
    assert engine.find(base) == engine.find(base.hex[:13]) == base


def test_a_whole_id_is_never_a_name() -> None:
    with pytest.raises(DockerError):
        world().tag("base:1", "0" * 64)


def test_a_beginning_that_two_images_share_finds_none() -> None:
    store = Engine.memory().store
    firsts = [image_id.hex[0] for image_id in many(store)]
    shared = next(digit for digit in firsts if firsts.count(digit) > 1)
    with pytest.raises(NoSuchImage) as refused:
        store.find(shared)
    assert str(refused.value) == f"No such image: {shared}:latest"


ZEROS = "0" * 64
NOT_FOUND = [
    ("nosuch", "No such image: nosuch:latest"),
    ("nosuch:1", "No such image: nosuch:1"),
    ("docker.io/library/nosuch", "No such image: nosuch:latest"),
    ("reg.example.com/a/b", "No such image: reg.example.com/a/b:latest"),
    ("000000000000", "No such image: 000000000000:latest"),
    ("sha256:0000", "No such image: sha256:0000"),
    (ZEROS, f"No such image: sha256:{ZEROS}"),
    (f"sha256:{ZEROS}", f"No such image: sha256:{ZEROS}"),
    (f"base@sha256:{ZEROS}", f"No such image: base@sha256:{ZEROS}"),
    (f"base@md5:{'0' * 32}", "unsupported digest algorithm"),
    (f"base@sha256:{'A' * 64}", "invalid checksum digest format"),
    ("BASE", "invalid reference format: repository name must be lowercase"),
    ("ABCDEF012345", "invalid reference format: repository name must be lowercase"),
    ("a:b:c", "invalid reference format"),
    ("", "invalid reference format"),
]


@pytest.mark.parametrize(("text", "sentence"), NOT_FOUND)
def test_what_is_not_there_is_told_as_docker_tells_it(text: str, sentence: str) -> None:
    with pytest.raises(DockerError) as refused:
        world().find(text)
    assert str(refused.value) == sentence


def test_a_digest_counts_more_than_the_tag_beside_it() -> None:
    engine = world()
    base = engine.find("base:1")
    digest = f"base@sha256:{'1' * 64}"
    engine.store.tags.set(Reference.parse(digest), base)
    assert engine.find(digest) == engine.find(digest.replace("@", ":nosuch@")) == base


def container(engine: Engine, name: str = "c1", image: str = "base:1") -> str:
    return engine.create(image, Run(command=("/bin/true",), name=name)).id


def test_a_container_is_found_by_id_name_and_beginning_in_this_order() -> None:
    engine = world()
    first = container(engine)
    second = container(engine, name=first[:12])
    found = {text: engine.store.container(text).id for text in (first, "c1", "/c1", first[:13], first[:12])}
    assert found == {first: first, "c1": first, "/c1": first, first[:13]: first, first[:12]: second}


def test_a_container_that_is_not_one_is_refused() -> None:
    engine = world()
    ids = [container(engine, f"c{number}") for number in range(17)]
    shared = next(digit for digit in (one[0] for one in ids) if sum(two[0] == digit for two in ids) > 1)
    sentences = {
        "nosuch": "No such container: nosuch",
        "": "invalid container name or ID: value is empty",
        shared: f"Multiple IDs found with provided prefix: {shared}",
    }
    for text, sentence in sentences.items():
        with pytest.raises(DockerError) as refused:
            engine.store.container(text)
        assert str(refused.value) == sentence


def test_children_are_the_images_built_upon_one() -> None:
    engine = world()
    build(engine, "FROM base:1\nLABEL a=1\nLABEL b=2\n", "app:1")
    base, app = engine.find("base:1"), engine.find("app:1")
    (step,) = engine.store.children(base)
    assert engine.store.children(step) == [app] and engine.store.children(app) == []
    assert engine.store.parents() == {step: base, app: step}


def test_users_are_the_containers_that_stand_on_an_image_itself() -> None:
    engine = world()
    build(engine, "FROM base:1\nLABEL a=1\n", "app:1")
    container(engine, "c1", "app:1")
    assert [one.name for one in engine.store.users(engine.find("app:1"))] == ["c1"]
    assert engine.store.users(engine.find("base:1")) == []


def test_images_and_containers_hold_layers_and_release_takes_only_the_others() -> None:
    engine = world()
    store = engine.store
    build(engine, "FROM base:1\nCOPY a /a\n", "app:1", {"a": "a"})
    container(engine, "c1", "app:1")
    base, app = engine.image("base:1"), engine.image("app:1")
    assert store.held() == store.mounted() == set(app.chain_ids)
    store.images.delete(app.id)
    assert store.release(app.chain_ids) == []
    store.containers.delete(store.container("c1"))
    assert store.held() == set(base.chain_ids) and store.mounted() == set()
    assert store.release(app.chain_ids) == [app.top] and list(store.layers.all()) == [base.top]
    assert store.release([ChainID.of(b"never there")]) == []


def test_a_size_counts_every_layer_and_what_others_hide() -> None:
    engine = world()
    build(engine, "FROM base:1\nCOPY a /a\nCOPY a /a\n", "app:1", {"a": "12345"})
    assert engine.store.size(engine.image("app:1")) == len("root:x:0:0:root:/root:/bin/sh\n") + 5 + 5


def test_who_looks_looks_again_where_something_went_meanwhile() -> None:
    calls = count()

    @steady
    def read() -> str:
        if next(calls) < 2:
            raise NoSuchImage(f"{calls}")
        return "seen"

    assert read() == "seen"


def test_what_is_missing_twice_was_never_there() -> None:
    calls = count()

    @steady
    def read() -> None:
        next(calls)
        raise FileNotFoundError("always the same")

    with pytest.raises(FileNotFoundError):
        read()
    assert next(calls) == 2
