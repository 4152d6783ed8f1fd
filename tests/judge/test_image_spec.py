"""The image specification's own JSON schemas judge every document we write: in archives and in registries.

Debian's package of the specification brings them.  Where Docker's config has keys that OCI does not
know, its API reference is the source of what they may be.
Source: https://github.com/moby/moby/blob/v28.2.2/api/swagger.yaml, ContainerConfig
"""

import io
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from judge.daemon import Saved
from judge.specimens import specimens
from referencing import Registry as Resources
from referencing.jsonschema import DRAFT4

from labimg import spec
from labimg.build import BuildOptions, Context
from labimg.digest import BlobID
from labimg.engine import Engine
from labimg.files import MemoryFiles
from labimg.reference import Reference
from labimg.registry import Registry, Request
from labimg.remote import Here, push
from labimg.seeds import catalogue
from labimg.seeds.hub import hub

pytestmark = pytest.mark.judge

SCHEMAS = Path("/usr/share/gocode/src/github.com/opencontainers/image-spec/schema")
EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())

STRING, TRUTH, STRINGS = (
    {"type": "string"},
    {"type": "boolean"},
    {"type": "array", "items": {"type": "string"}},
)
OBJECTS = {"type": "object", "additionalProperties": {"type": "object", "maxProperties": 0}}
PERIOD = {"type": "integer", "minimum": 0}  # ns


def _or_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


RUN_CONFIG = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys("Hostname Domainname User Image WorkingDir MacAddress StopSignal".split(), STRING),
        **dict.fromkeys("AttachStdin AttachStdout AttachStderr Tty OpenStdin StdinOnce".split(), TRUTH),
        **dict.fromkeys("ArgsEscaped NetworkDisabled".split(), TRUTH),
        **dict.fromkeys("Env Cmd Entrypoint OnBuild".split(), _or_null(STRINGS)),
        "Shell": STRINGS,
        "ExposedPorts": OBJECTS,
        "Volumes": _or_null(OBJECTS),
        "Labels": _or_null({"type": "object", "additionalProperties": STRING}),
        "StopTimeout": {"type": "integer"},
        "Healthcheck": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "Test": STRINGS,
                **dict.fromkeys("Interval Timeout StartPeriod StartInterval".split(), PERIOD),
                "Retries": {"type": "integer", "minimum": 0},
            },
        },
    },
}
DOCKER_CONFIG = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys("architecture author comment container created docker_version os".split(), STRING),
        **dict.fromkeys(["variant", "os.version"], STRING),
        "config": RUN_CONFIG,
        "container_config": RUN_CONFIG,
        "history": {"type": "array"},
        "rootfs": {"type": "object"},
    },
}

Validate = Callable[[str, bytes], None]


@pytest.fixture(scope="module")
def validate() -> Validate:
    """Holds a document to the schema of its kind, which is the beginning of a schema's name."""
    if not SCHEMAS.is_dir():
        pytest.skip("not installed: golang-github-opencontainers-image-spec-dev (see `make judge-deps`)")

    @cache
    def fetched(uri: str) -> Any:
        return DRAFT4.create_resource(json.loads((SCHEMAS / uri.rpartition("/")[2]).read_bytes()))

    @cache
    def judge(kind: str) -> Any:
        (path,) = SCHEMAS.glob(f"{kind}*.json")
        resources: Resources[Any] = Resources(retrieve=fetched)  # type: ignore[call-arg]  # as attrs makes it
        formats = jsonschema.Draft4Validator.FORMAT_CHECKER
        return jsonschema.Draft4Validator(
            fetched(path.name).contents, registry=resources, format_checker=formats
        )

    def validate(kind: str, raw: bytes) -> None:
        judge(kind).validate(json.loads(raw))

    return validate


@pytest.fixture(scope="module")
def engine() -> Engine:
    """The specimens, every seed, and every example built."""
    engine = specimens()
    for repository, seed in catalogue().items():
        engine.pull(f"{repository}:{next(iter(seed.tags))}")
    for name in sorted(NAMES, key=lambda name: name == "house"):  # it stands on another one
        if name == "house":
            engine.tag("examples/ground", "ground")
        files = {
            str(path.relative_to(EXAMPLES / name)): path.read_bytes()
            for path in (EXAMPLES / name).rglob("*")
            if path.is_file()
        }
        engine.build(Context.from_texts(files), options=BuildOptions(tags=[f"examples/{name}"]))
    return engine


def names(engine: Engine) -> list[str]:
    return [reference.familiar for reference in engine.store.tags.all()]


class Inspector:
    """Goes from document to document, counts them, and looks whether each descriptor tells the truth."""

    def __init__(self, validate: Validate, fetch: Callable[[str, str], bytes]) -> None:
        self.validate = validate
        self.fetch = fetch  # from "manifests" or "blobs", by digest
        self.count = 0

    def document(self, kind: str, raw: bytes) -> Any:
        """A document of a kind."""
        self.validate(kind, raw)
        self.count += 1
        return json.loads(raw)

    def index(self, raw: bytes) -> None:
        """An index, and all it leads to."""
        for descriptor in self.document("image-index", raw)["manifests"]:
            self.manifest(self.followed(descriptor, "manifests"))

    def manifest(self, raw: bytes) -> None:
        """A manifest, its config and its layers."""
        document = self.document("image-manifest", raw)
        self.config(self.followed(document["config"], "blobs"))
        for descriptor in document["layers"]:
            self.followed(descriptor, "blobs")

    def config(self, raw: bytes) -> None:
        """A config: OCI's, but that Docker has null where there is no environment, and Docker's."""
        document = json.loads(raw)
        self.validate_docker(document)
        if document["config"].get("Env", ()) is None:
            del document["config"]["Env"]
        self.document("config", json.dumps(document).encode())

    def followed(self, descriptor: Mapping[str, Any], kind: str) -> bytes:
        """What a descriptor leads to."""
        self.document("content-descriptor", json.dumps(descriptor).encode())
        raw = self.fetch(kind, descriptor["digest"])
        assert (BlobID.of(raw), len(raw)) == (descriptor["digest"], descriptor["size"])
        return raw

    def validate_docker(self, document: Any) -> None:
        """The keys that OCI does not know."""
        jsonschema.validate(document, DOCKER_CONFIG)


def test_all_that_is_saved_is_as_the_specification_says(
    engine: Engine, validate: Validate, record_property: Callable[[str, object], None]
) -> None:
    out = io.BytesIO()
    engine.save(names(engine), out)
    files = Saved(out.getvalue()).files
    inspector = Inspector(validate, lambda _, digest: files[f"blobs/{digest.replace(':', '/')}"])
    inspector.document("image-layout", files["oci-layout"])
    inspector.index(files["index.json"])
    engine.save(names(engine), out := io.BytesIO(), layout="docker")
    saved = Saved(out.getvalue())
    for number in range(len(saved.manifest)):
        inspector.config(saved.config(number))
    assert len(saved.manifest) >= len(catalogue()) + len(NAMES)
    record_property("judged", f"{inspector.count} JSON documents in archives")


def test_all_that_a_registry_serves_is_as_the_specification_says(
    engine: Engine, validate: Validate, record_property: Callable[[str, object], None]
) -> None:
    registry = Registry(MemoryFiles())

    def ask(path: str, method: str = "GET", body: bytes = b"", media: str = "") -> bytes:
        answer = registry.handle(Request(method, f"/v2/all/{path}", {"Content-Type": media}, body))
        assert answer.status in (200, 201), answer.status
        return answer.read()

    inspector = Inspector(validate, lambda kind, digest: ask(f"{kind}/{digest}"))
    for number, name in enumerate(names(engine)):
        there = Reference.parse(f"127.0.0.1:5000/all:{number}")
        engine.tag(name, str(there))
        [digest] = push(engine.store, there, Here(registry))
        raw = ask(f"manifests/{digest}")
        inspector.manifest(raw)
        about = {"mediaType": spec.MANIFEST, "digest": digest, "size": len(raw)}
        signature = json.loads(raw) | {
            "mediaType": spec.OCI_MANIFEST,
            "subject": about,
            "artifactType": "a/b",
        }
        ask(f"manifests/signed-{number}", "PUT", json.dumps(signature).encode(), spec.OCI_MANIFEST)
        inspector.index(ask(f"referrers/{digest}"))
    record_property("judged", f"{inspector.count} JSON documents in a registry")


def test_all_that_the_hub_serves_is_as_the_specification_says(validate: Validate) -> None:
    garden = hub()
    for repository, seed in catalogue().items():

        def fetch(kind: str, asked: str, place: str = f"/v2/library/{repository}") -> bytes:
            return garden.handle(Request("GET", f"{place}/{kind}/{asked}")).read()

        inspector = Inspector(validate, fetch)
        for tag in seed.tags:
            raw = fetch("manifests", tag)
            inspector.index(raw) if "manifests" in json.loads(raw) else inspector.manifest(raw)


BROKEN = [
    ("image-layout", {"imageLayoutVersion": "2"}),
    ("image-index", {"schemaVersion": 1, "manifests": []}),
    ("image-manifest", {"schemaVersion": 2, "config": {}, "layers": [{}]}),
    ("content-descriptor", {"mediaType": "a/b", "size": "1", "digest": "sha256:0"}),
    ("content-descriptor", {"mediaType": "a/b", "size": 1, "digest": "0"}),
    ("config", {"architecture": "amd64", "os": "linux"}),
    ("config", {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [1]}}),
]


@pytest.mark.parametrize(("kind", "document"), BROKEN)
def test_what_is_not_so_is_refused(validate: Validate, kind: str, document: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validate(kind, json.dumps(document).encode())
