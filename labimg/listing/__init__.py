"""Listings and inspections: what is in the store, as records and as Docker's documents."""

from labimg.listing.rows import (
    ContainerSummary,
    DiskUse,
    HistoryRow,
    ImageSummary,
    containers,
    disk_use,
    history,
    images,
)

__all__ = [
    "ContainerSummary",
    "DiskUse",
    "HistoryRow",
    "ImageSummary",
    "containers",
    "disk_use",
    "history",
    "images",
]
