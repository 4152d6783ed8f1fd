"""`make fuzz`: throw bytes at every parser for a while.

Each target takes bytes, bends those of a small corpus, and may answer with a refusal of ours or
with nothing; anything else is a find, printed with the bytes that led to it and kept in
`tests/fuzz/finds`, from where they are tried first the next time.

    python -m tests.fuzz [--seconds 10] [--seed 0] [TARGET ...]
"""

import argparse
import random
import sys
import time
import traceback
from pathlib import Path

from .targets import CORPUS, TARGETS

FINDS = Path(__file__).parent / "finds"
SLOW = 2.0  # seconds for one input


def bent(chance: random.Random, data: bytes, others: list[bytes]) -> bytes:
    """`data` with a few wounds: bytes changed, cut out, doubled, or taken from another."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at, end = sorted(chance.randrange(len(found) + 1) for _ in range(2))
        match chance.randrange(7):
            case 0 if found:
                found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
            case 1:
                del found[at : min(end, at + 40)]
            case 2:
                found[at:at] = found[at : min(end, at + 40)] * chance.choice([1, 2, 30])
            case 3:
                other = chance.choice(others)
                cut = chance.randrange(len(other) + 1)
                found[at:at] = other[cut : cut + 60]
            case 4:
                found[at:at] = chance.choice(SPICE)
            case 5:
                found[at:at] = chance.randbytes(chance.randint(1, 8))
            case _:
                found = found[:end]
    return bytes(found)


SPICE = [
    b"\0", b"\xff", b"\x1b[31m", b"${", b"}", b"$((", b"))", b"`", b"'", b'"', b"\\", b"\n", b"..", b"/",
    b":", b"@sha256:", b"[", b"{", b"<<", b"-", b"9" * 30, "\u202e".encode(), b"%s%n", b"|", b"&", b";", b"*",
]  # fmt: skip


def attempt(name: str, data: bytes) -> str:
    """What went wrong with one input, or nothing."""
    start = time.perf_counter()
    try:
        TARGETS[name](data)
    except Exception:
        return traceback.format_exc()
    took = time.perf_counter() - start
    return f"took {took:.1f} s" if took > SLOW else ""


def fuzz(name: str, seconds: float, seed: int) -> tuple[int, dict[str, bytes]]:
    """Try a target for so long; give how many inputs, and each different find with its input."""
    chance = random.Random(seed)
    corpus = [*CORPUS[name]]
    kept = sorted(FINDS.glob(f"{name}-*"))
    tried, finds = 0, dict[str, bytes]()
    end = time.monotonic() + seconds
    inputs = [*(path.read_bytes() for path in kept), *corpus]
    while time.monotonic() < end or inputs:
        data = inputs.pop() if inputs else bent(chance, chance.choice(corpus), corpus)
        tried += 1
        if wrong := attempt(name, data):
            finds.setdefault("\n".join(wrong.splitlines()[-4:]), data)
        elif chance.random() < 0.01 and len(corpus) < 300:
            corpus.append(data)
    return tried, finds


def main() -> int:
    """Fuzz what is named, or everything; the exit code says whether anything was found."""
    reader = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.split("\n")[0])
    reader.add_argument("--seconds", type=float, default=10, help="for each target")
    reader.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    reader.add_argument("targets", nargs="*", default=[], metavar="TARGET", help=" ".join(TARGETS))
    told = reader.parse_args()
    total = 0
    for name in told.targets or TARGETS:
        tried, finds = fuzz(name, told.seconds, told.seed)
        print(f"{name}: {tried} inputs, {len(finds)} finds (seed {told.seed})", flush=True)
        for number, (wrong, data) in enumerate(finds.items()):
            FINDS.mkdir(exist_ok=True)
            (FINDS / f"{name}-{told.seed}-{number}").write_bytes(data)
            print(f"  {data[:200]!r}\n  " + wrong.replace("\n", "\n  "))
        total += len(finds)
    return int(total > 0)


if __name__ == "__main__":
    sys.exit(main())
