"""A clock that stands until it is moved, so that a lesson shows the same times every day."""

LAB_START = 1_767_225_600_000_000_000  # 2026-01-01T00:00:00Z, in ns


class LabClock:
    """The time of a lab, in ns since the epoch."""

    def __init__(self, start: int = LAB_START) -> None:
        self.now = start

    def __call__(self) -> int:
        """The moment."""
        return self.now

    def tick(self, seconds: float = 1) -> None:
        """Let time pass."""
        self.now += int(seconds * 1_000_000_000)
