"""A Dockerfile: its text, the instructions in it, and the words in those.

`parse` reads a text into stages of instructions and refuses what cannot be built, before
anything is built; `expand` and `split` put the values of variables into an instruction's words.

Source: https://github.com/moby/buildkit/tree/v0.22.0/frontend/dockerfile
"""

from labimg.dockerfile.heredoc import Heredoc
from labimg.dockerfile.instruction import Flag, Instruction
from labimg.dockerfile.parse import Dockerfile, Stage, parse, parse_changes, parse_trigger
from labimg.dockerfile.words import expand, split

__all__ = [
    "Dockerfile",
    "Stage",
    "Instruction",
    "Flag",
    "Heredoc",
    "parse",
    "parse_changes",
    "parse_trigger",
    "expand",
    "split",
]
