"""The union: the view through a stack of layers, and the forms of it that one can write to."""

from labimg.union.view import Event, Floor, Share, UnionView, What, bytes_of

__all__ = ["Event", "Floor", "Share", "UnionView", "What", "bytes_of"]
