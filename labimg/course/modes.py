"""Comparison modes: the ways in which a world is compared with what a level wants.

    same-view       one sees the same through the floors         same-layers  floor by floor the same
    same-tags       the same names, the same ones together       no-dangling  no image without a name
    bytes-at-most   an image is small enough                     floors-at-most  it has few enough layers
    path-absent-from-every-layer   no layer holds a path         text-absent-from-image   nor a text
    asserts         a formula is true                            cases        a function gave the right values

Where there is a goal, it is the world that the level's solution leads to; times are never compared.
"""

from collections.abc import Callable, Mapping
from typing import Any

from labimg.course.formula import Formula
from labimg.course.level import filled
from labimg.course.scene import Scene
from labimg.errors import DockerError

Mode = Callable[..., bool]


def same_view(scene: Scene, goal: Scene, *, image: str, like: str = "", under: str = "/") -> bool:
    """Does one see below `under` what one sees in the goal's image?"""
    return scene.has(image) and scene.see(image, under) == goal.see(like or image, under)


def same_layers(scene: Scene, goal: Scene, *, image: str, like: str = "") -> bool:
    """Has the image the same floors, each with the same files?"""
    mine, wanted = scene.floors(image), goal.floors(like or image)
    return mine == wanted and all(
        scene.floor(image, number) == goal.floor(like or image, number) for number in range(1, mine + 1)
    )


def same_tags(scene: Scene, goal: Scene) -> bool:
    """Are there the same names, and do those lead to one image that do so in the goal?"""
    names = scene.names()
    return names == goal.names() and all(
        (scene.id(one) == scene.id(other)) == (goal.id(one) == goal.id(other))
        for one in names
        for other in names
    )


def no_dangling(scene: Scene, goal: Scene) -> bool:
    """Has every image a name?"""
    return not scene.dangling()


def bytes_at_most(scene: Scene, goal: Scene, *, image: str, bytes: int) -> bool:
    """Is the image at most so large?"""
    return scene.has(image) and scene.size(image) <= bytes


def floors_at_most(scene: Scene, goal: Scene, *, image: str, floors: int) -> bool:
    """Has the image at most so many floors?"""
    return scene.has(image) and scene.floors(image) <= floors


def path_absent(scene: Scene, goal: Scene, *, image: str, path: str) -> bool:
    """Does no layer of the image hold `path`, seen or hidden?"""
    return scene.has(image) and not scene.anywhere(image, path)


def text_absent(scene: Scene, goal: Scene, *, image: str, text: str) -> bool:
    """Do no layer, no step of the history and no line of the config hold `text`?"""
    return scene.has(image) and not scene.leaks(image, text)


MODES: Mapping[str, Mode] = {
    "same-view": same_view,
    "same-layers": same_layers,
    "same-tags": same_tags,
    "no-dangling": no_dangling,
    "bytes-at-most": bytes_at_most,
    "floors-at-most": floors_at_most,
    "path-absent-from-every-layer": path_absent,
    "text-absent-from-image": text_absent,
}
TOWARDS = ("same-view", "same-layers", "same-tags")  # those that look at the goal
WRONG = (
    DockerError,
    LookupError,
    NameError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


def holds(mode: str, how: Mapping[str, Any], names: Mapping[str, Any]) -> bool:
    """Is a criterion met?  A world it cannot even be asked of does not meet it."""
    try:
        if mode in ("asserts", "cases"):
            return bool(Formula(how["that"])(names))
        told = {key: _value(key, value, names) for key, value in how.items()}
        goal = names["goal"] if mode in TOWARDS else names["scene"]
        return MODES[mode](names["scene"], goal, **told)
    except WRONG:
        return False


def _value(key: str, value: Any, names: Mapping[str, Any]) -> Any:
    """What a mode is told: numbers may be formulas, texts name variables."""
    if key in ("bytes", "floors"):
        return Formula(str(value))(names)
    return filled(value, names) if isinstance(value, str) else value
