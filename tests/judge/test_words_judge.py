"""Docker's own builder judges how words are expanded: as values of labels, and as ports to expose."""

import io
import random
import re
from collections.abc import Callable, Iterator

import pytest
from judge.daemon import PROGRAMS, Daemon

from labimg.build import BuildOptions, Context
from labimg.dockerfile import expand
from labimg.engine import Engine
from labimg.errors import DockerError
from labimg.image import Image

pytestmark = pytest.mark.judge(*PROGRAMS)

HEAD = "FROM base\nENV X=value E= S='two  words' Q=\"it's\" é=u _1=d P='80 81/udp' B=\\\\\\$X\n"
PIECES = (
    "a b é 한 . / = # ~ * $ $$ $X $E $N $S $Q $é $_1 $B $1 $@ $? $! ${ } { ${X} ${E} ${N} ${S} ${X}Y $X.x "
    "${1} ${X:-d} ${E:-d} ${N:-d} ${N-d} ${E-d} ${X:+s} ${E:+s} ${N:+s} ${E+s} ${N+s} ${N:-$X} ${N:-${X}} "
    "${N:-'q'} ${N:-\\}} ${N:-\"$X\"} ${X:+${N:-deep}} ${X:?} ${N:?} ${E:?no} ${N?none} ${X^} ${:-a} ${} ${X "
    '\' " \\ \' " \\ \'$X\' "$X" \\$X \\\\ \\" "\\$X" "\\a" \'\\\' "\'" \'"\''
).split(" ")
PORTS = ["$P", "${N:-82}", "84/tcp", "${X:+85}", "'86'\"87\"", "8$E8", "\\89", "9$P", "$E", '"9"1']
NEWER = re.compile(r"\$\{\w*[-+?#%/]")  # BuildKit's, which the classic builder does not know
WORDS, PER_LINE, REFUSED = 1000, 25, 40


def word(number: int) -> str:
    """A word without a blank in it; most often it can be expanded."""
    chance = random.Random(f"word {number}")
    return "".join(chance.choices(PIECES, k=chance.randint(1, 6)))


def told(engine: Engine, body: str) -> Image | str:
    """Ours of a Dockerfile, or why there is none."""
    context = Context.from_texts({"Dockerfile": HEAD + body})
    try:
        return engine.image(engine.build(context, options=BuildOptions(tags=["ours"])))
    except DockerError as refused:
        return str(refused)


def older(sentence: str) -> str:
    """What 20.10 said of a sign after a name that means nothing."""
    sentence = re.sub(r"unsupported modifier \([^:]\) in", "missing ':' in", sentence)
    return re.sub(r"unsupported modifier \(:(.)\)", r"unsupported modifier (\1)", sentence)


def sort(words: list[str]) -> tuple[list[str], list[str]]:
    """Those that can be expanded, and those that cannot."""
    good, bad = [], []
    for each in words:
        try:
            expand(each, {"X": "value"})
            good.append(each)
        except DockerError:
            bad.append(each)
    return good, bad


@pytest.fixture
def engine(dockerd: Daemon) -> Iterator[Engine]:
    ours = Engine.memory()
    ours.load(io.BytesIO(dockerd.base))
    yield ours
    dockerd.sweep()


def test_docker_expands_hundreds_of_words_as_we_do(
    dockerd: Daemon, engine: Engine, record_property: Callable[[str, object], None]
) -> None:
    good, bad = sort([each for each in map(word, range(WORDS)) if not NEWER.search(each)])
    rows = [good[at : at + PER_LINE] for at in range(0, len(good), PER_LINE)]
    body = "\n".join(
        "LABEL " + " ".join(f"l{row}.{at}={each}" for at, each in enumerate(line))
        for row, line in enumerate(rows)
    )
    ours = told(engine, body)
    assert isinstance(ours, Image), ours
    dockerd.ask("build", "-q", "-t", "theirs", "-", stdin=(HEAD + body).encode())
    theirs = dockerd.inspect("theirs")["Config"]
    assert theirs["Env"] == ours.config.env
    assert theirs["Labels"] == ours.config.labels
    assert len(theirs["Labels"]) > 0.9 * len(good) > 300, "an open quote has eaten too many"
    for each in bad[:REFUSED]:
        said = dockerd("build", "-", stdin=f"{HEAD}LABEL l={each}".encode()).err.decode().splitlines()[-1]
        assert said == older(str(told(engine, f"LABEL l={each}"))), each
    record_property("judged", f"{len(good)} words expanded, {REFUSED} refused")


def test_docker_splits_words_into_ports_as_we_do(dockerd: Daemon, engine: Engine) -> None:
    body = "".join(f"EXPOSE {port}\n" for port in PORTS)
    ours = told(engine, body)
    assert isinstance(ours, Image), ours
    dockerd.ask("build", "-q", "-t", "theirs", "-", stdin=(HEAD + body).encode())
    assert dockerd.inspect("theirs")["Config"]["ExposedPorts"] == ours.config.exposed_ports
