"""Registries behind a guard and behind a socket."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

import pytest
from wares import APP, LAYERS, LOGIN, add, progress, refused, same, serve, store, tar

from labimg.cli.registryserver import registry as open_to
from labimg.files import MemoryFiles
from labimg.reference import Reference
from labimg.registry import Basic, Bearer, Handler, Headers, Registry, Request, Response
from labimg.remote import (
    Here,
    Login,
    PushingTo,
    Record,
    log_in,
    pull,
    push,
)
from labimg.remote.http import Http


@pytest.fixture
def registry() -> Registry:
    return Registry(MemoryFiles())


@pytest.fixture
def here(registry: Registry) -> Here:
    return Here(registry)


@pytest.fixture
def told() -> list[Record]:
    return []


@pytest.mark.parametrize("port", [1])
def test_nobody_answers(told: list[Record], port: int) -> None:
    ours, name = store(), Reference.parse(f"127.0.0.1:{port}/x:1")
    add(ours, name, LAYERS[0])
    sentence = f'Get "http://127.0.0.1:{port}/v2/": dial tcp 127.0.0.1:{port}: connect: connection refused'
    assert refused(lambda: pull(store(), name, Http())) == (sentence, "daemon")
    assert refused(lambda: push(ours, name, Http(), report=told.append)) == (sentence, "stream")
    assert told == [PushingTo(f"127.0.0.1:{port}/x")]


def test_a_host_there_is_not() -> None:
    name = Reference.parse("nosuch.invalid/x:1")
    assert refused(lambda: pull(store(), name, Http())) == (
        'Get "https://nosuch.invalid/v2/": dial tcp: lookup nosuch.invalid: no such host',
        "daemon",
    )


# at the door


@pytest.fixture(params=["basic", "bearer"])
def guarded(request: pytest.FixtureRequest, registry: Registry) -> Handler:
    passwords = {"ada": "secret"}
    if request.param == "basic":
        return Basic(registry, passwords)
    return Bearer(registry, passwords, key=b"key", clock=lambda: 0)


def test_who_has_an_account_pushes_and_pulls(guarded: Handler) -> None:
    ours, theirs = store(), store()
    image = add(ours, APP, *LAYERS)
    [digest] = push(ours, APP, Here(guarded), login=LOGIN)
    other = Reference.parse("127.0.0.1:5057/other:1")
    ours.tags.set(other, image.id)
    told: list[Record] = []
    assert push(ours, other, Here(guarded), login=LOGIN, report=told.append) == [digest]
    assert progress(told)[-1][1] == "Mounted from"
    assert pull(theirs, APP, Here(guarded), login=LOGIN) == [image.id]
    assert same(image, ours, theirs)
    log_in("127.0.0.1:5057", LOGIN, Here(guarded))


def test_a_stranger_is_refused_in_dockers_words(registry: Registry) -> None:
    ours = store()
    add(ours, APP, *LAYERS)
    basic = Here(Basic(registry, {"ada": "secret"}))
    bearer = Here(Bearer(registry, {"ada": "secret"}, key=b"key", clock=lambda: 0))
    closed = Here(Bearer(registry, {}, key=b"key", clock=lambda: 0, may=lambda *_: False))
    head = 'Head "http://127.0.0.1:5057/v2/team/app/manifests/1": '
    get = 'Get "http://127.0.0.1:5057/v2/": '
    denied = "denied: requested access to the resource is denied"
    wrong = Login("ada", "wrong")
    for work, sentence in (
        (lambda: push(ours, APP, basic), ("no basic auth credentials", "stream")),
        (lambda: push(ours, APP, bearer), (denied, "stream")),
        (lambda: pull(store(), APP, basic), (head + "no basic auth credentials", "daemon")),
        (
            lambda: pull(store(), APP, closed),
            (
                "pull access denied for 127.0.0.1:5057/team/app, repository does not exist or may require "
                f"'docker login': {denied}",
                "daemon",
            ),
        ),
        (
            lambda: pull(store(), APP, bearer, login=wrong),
            (get + "unauthorized: incorrect username or password", "daemon"),
        ),
        (
            lambda: log_in("127.0.0.1:5057", wrong, bearer),
            (get + "unauthorized: incorrect username or password", "daemon"),
        ),
        (
            lambda: log_in("127.0.0.1:5057", wrong, basic),
            (get + "unauthorized: incorrect username or password", "daemon"),
        ),
    ):
        assert refused(work) == sentence
    assert not list(registry.shelf.files.paths())


# by a socket


@pytest.fixture
def served(registry: Registry) -> Iterator[str]:
    yield from serve(registry)


@pytest.fixture
def wire() -> Iterator[Http]:
    transport = Http(wait=5)
    yield transport
    transport.close()


def test_a_socket_makes_no_difference(served: str, wire: Http) -> None:
    ours, theirs = store(), store()
    name = Reference.parse(f"{served}/team/app:1")
    image = add(ours, name, *LAYERS, tar(("/big", bytes(range(256)) * 9000)))
    [digest] = push(ours, name, wire)
    assert pull(theirs, name, wire) == [image.id]
    assert same(image, ours, theirs)
    assert push(ours, name, Here(Registry(MemoryFiles()))) == [digest]
    assert refused(lambda: pull(theirs, name.with_tag("nope"), wire))[0].startswith("manifest for 127")


@pytest.mark.parametrize("kind", ["basic", "bearer"])
def test_a_guard_on_a_socket_lets_in_who_logs_in(registry: Registry, wire: Http, kind: str) -> None:
    accounts = {"ada": "secret"}
    guard: Handler = open_to(MemoryFiles(), accounts)
    if kind == "bearer":
        guard = Bearer(registry, accounts, key=b"k", clock=lambda: 0)
    for domain in serve(guard):
        ours, theirs, name = store(), store(), Reference.parse(f"{domain}/app:1")
        image = add(ours, name, *LAYERS)
        push(ours, name, wire, login=LOGIN)
        assert pull(theirs, name, wire, login=LOGIN) == [image.id]


def test_a_redirect_never_leads_to_a_file_nor_tells_a_secret(wire: Http) -> None:
    seen: list[Headers] = []

    class Far:
        def handle(self, request: Request) -> Response:
            seen.append(Headers(request.headers))
            return Response(200, {"Content-Length": "2"}, b"ok")

    class Near:
        target = ""

        def handle(self, request: Request) -> Response:
            return Response(307, {"Location": self.target, "Content-Length": "0"})

    near = Near()
    for far in serve(Far()):
        for domain in serve(near):
            ask = Request("GET", f"http://{domain}/v2/", {"Authorization": "Basic x", "X-Plain": "y"})
            near.target = f"http://{far}/elsewhere"
            assert wire.send(ask).read() == b"ok"
            assert "Authorization" not in seen[0]
            assert seen[0]["X-Plain"] == "y"
            for target, sentence in (
                ("file:///etc/passwd", 'unsupported protocol scheme "file"'),
                ("gopher://x/", 'unsupported protocol scheme "gopher"'),
                ("/again", "stopped after 10 redirects"),
                ("http://[bad", "invalid URL"),
            ):
                near.target = target
                assert sentence in refused(partial(wire.send, ask))[0]


def test_a_client_that_tries_tls_first_is_not_kept_waiting(served: str) -> None:
    host, _, port = served.partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as line:
        line.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64))
        with suppress(ConnectionResetError):
            assert line.recv(1) == b""


def _asked(wire: Http, request: Request) -> bytes:
    return wire.send(request).read()


def test_a_peer_that_speaks_no_http_is_told_apart(wire: Http) -> None:
    for talk, sentence in (
        (b"", "EOF"),
        (b"SSH-2.0-lab\r\n", "EOF"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", "unexpected EOF"),
    ):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            address = f"127.0.0.1:{listening.getsockname()[1]}"

            def answer(talk: bytes = talk) -> None:
                connection, _ = listening.accept()
                with connection:
                    connection.recv(9999)
                    connection.sendall(talk)

            thread = threading.Thread(target=answer)
            thread.start()
            ask = Request("GET", f"http://{address}/v2/")
            said, _ = refused(partial(_asked, wire, ask))
            thread.join()
        assert said == f'Get "http://{address}/v2/": {sentence}'
