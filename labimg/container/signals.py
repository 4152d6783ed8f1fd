"""Signals: their numbers, and which of them end a program.

https://man7.org/linux/man-pages/man7/signal.7.html
"""

import re
from collections.abc import Sequence

from labimg import errors

SIGNALS = (
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN "
    "TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
).split()
_ALSO = {"CLD": 17, "IOT": 6, "POLL": 29, "RTMIN": 34, "RTMAX": 64}
INT, QUIT, KILL, TERM, LAST = 2, 3, 9, 15, 64
_HARMLESS = {17, 18, 19, 20, 21, 22, 23, 28}  # they end nobody
_OBEDIENT = {"nginx": {INT, QUIT, TERM}}  # programs that end of themselves, and when


def number(text: str) -> int:
    """The number of a signal, whether named (with or without SIG) or numbered.

    Raises:
        BadSignal: it is none.
    """
    name = text.upper().removeprefix("SIG")
    if name in SIGNALS:
        return SIGNALS.index(name) + 1
    if name in _ALSO:
        return _ALSO[name]
    if real := re.fullmatch(r"RTM(IN\+|AX-)(\d+)", name):
        return 34 + int(real[2]) if real[1] == "IN+" else 64 - int(real[2])
    if not (re.fullmatch("[0-9]+", text) and int(text)):
        raise errors.BadSignal(text)
    return int(text)


def ended(argv: Sequence[str], signal: int, *, init: bool) -> int | None:
    """The exit code with which a signal ends a container's program; None if it goes on.

    It is process 1, and the kernel keeps from that one all signals it has not asked for, but KILL; with an
    `init` of its own (`--init`) it is not.
    """
    if any(signal in _OBEDIENT.get(word.rpartition("/")[2], ()) for word in argv):
        return 0
    if signal == KILL or (init and signal not in _HARMLESS):
        return 128 + signal
    return None
