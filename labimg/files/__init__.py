"""The store's ground: a mapping from path to bytes, in memory or on disk.

`Files` is the contract.  `MemoryFiles` costs next to nothing to photograph and to
set back, which is what undo, time travel and grading in a fresh world rest on.
`DiskFiles` is a folder: what is written is there whole or not at all, a reader is
never made to wait, and writers take turns.
"""

from labimg.files.contract import Files
from labimg.files.disk import DiskFiles
from labimg.files.memory import MemoryFiles, Snapshot

__all__ = ["DiskFiles", "Files", "MemoryFiles", "Snapshot"]
