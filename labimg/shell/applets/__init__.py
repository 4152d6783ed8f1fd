"""The programs of the teaching shell, by family; each enters itself under its names."""

import labimg.shell.builtins as builtins
import labimg.shell.variables as variables
from labimg.shell.applets import (
    apk,
    apt,
    archives,
    checks,
    columns,
    dpkg,
    files,
    find,
    grep,
    lines,
    listing,
    paths,
    programs,
    rights,
    sed,
    shells,
    system,
    users,
)

__all__ = [
    "apk", "apt", "archives", "builtins", "checks", "columns", "dpkg", "files", "find", "grep", "lines",
    "listing",
    "paths", "programs", "rights", "sed", "shells", "system", "users", "variables",
]  # fmt: skip
