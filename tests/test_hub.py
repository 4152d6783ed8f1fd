"""The lab's docker.io: what it has, what it lets one do, and what it says."""

import pytest

from labimg.digest import ManifestID
from labimg.errors import DockerError
from labimg.files import MemoryFiles
from labimg.reference import Reference
from labimg.registry import Request
from labimg.remote import Here, Login, Record, log_in, pull, push, search
from labimg.remote.records import LayerProgress
from labimg.seeds import catalogue
from labimg.seeds.hub import Hub, hub
from labimg.store import Store

ADA = Login("ada", "any")


def store() -> Store:
    names = iter(range(1, 10_000))
    return Store(MemoryFiles(), lambda: f"{next(names):064x}")


def refused(work: object) -> tuple[str, str]:
    with pytest.raises(DockerError) as caught:
        work()  # type: ignore[operator]
    return str(caught.value), caught.value.side


@pytest.fixture(scope="module")
def lab() -> Hub:
    return hub()


@pytest.mark.parametrize("name", ["busybox", "busybox:1.36", "docker.io/library/busybox:latest"])
def test_a_seed_is_pulled_under_its_names(lab: Hub, name: str) -> None:
    ours, reference = store(), Reference.parse(name)
    [image] = pull(ours, reference, Here(lab))
    assert ours.tags.get(reference.tagged) == image
    assert len(ours.layers.stack(ours.images.find(image).top)) == len(
        catalogue()["busybox"].tags["1.36"]().layers
    )


def test_a_seed_is_the_same_in_every_lab() -> None:
    ask = Request("GET", "/v2/library/busybox/manifests/latest")
    first, second = (hub().handle(ask).read() for _ in range(2))
    assert first == second
    assert hub().handle(Request("GET", f"/v2/library/busybox/manifests/{ManifestID.of(first)}")).status == 200


def test_what_the_hub_has_not_it_will_not_even_deny(lab: Hub) -> None:
    assert refused(lambda: pull(store(), Reference.parse("nosuch"), Here(lab))) == (
        "pull access denied for nosuch, repository does not exist or may require 'docker login': "
        "denied: requested access to the resource is denied",
        "daemon",
    )
    assert refused(lambda: pull(store(), Reference.parse("busybox:nope"), Here(lab))) == (
        "manifest for busybox:nope not found: manifest unknown: manifest unknown",
        "daemon",
    )


def test_a_push_is_for_those_who_log_in_and_to_their_own_names() -> None:
    lab, ours, theirs = hub(MemoryFiles()), store(), store()
    [image] = pull(ours, Reference.parse("busybox"), Here(lab))
    own, official = Reference.parse("ada/box:1"), Reference.parse("busybox:mine")
    for name in (own, official):
        ours.tags.set(name, image)
    denied = ("denied: requested access to the resource is denied", "stream")
    assert refused(lambda: push(ours, own, Here(lab))) == denied
    assert refused(lambda: push(ours, official, Here(lab), login=ADA)) == denied
    log_in("docker.io", ADA, Here(lab))
    told: list[Record] = []
    push(ours, own, Here(lab), login=ADA, report=told.append)
    sources = [record.source for record in told if isinstance(record, LayerProgress) and record.source]
    assert sources == ["library/busybox"]
    assert pull(theirs, own, Here(lab)) == [image]
    [found] = search("box", Here(lab), filters={"is-official": ["false"]})
    assert (found.name, found.stars, found.official) == ("ada/box", 0, False)


def test_a_search_finds_by_name_and_by_description(lab: Hub) -> None:
    found = search("busybox", Here(lab))
    assert found[0].name == "busybox"
    assert found[0].official
    assert [one.name for one in search("linux distribution", Here(lab))][:1] == ["debian"]
    assert search("nosuchthing", Here(lab)) == []
    assert len(search("", Here(lab), limit=1)) == 1
    assert all(one.stars >= 4000 for one in search("", Here(lab), filters={"stars": ["4000"]}))
