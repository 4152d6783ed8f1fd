"""import: a flat tar as an image of one layer, without history and without a command, unless told."""

from labimg.compression import inflate
from labimg.digest import ImageID
from labimg.entry import Stream
from labimg.image import Image
from labimg.spec import VERSION, History, ImageDocument, RunConfig
from labimg.store import Store


def import_(
    store: Store, stream: Stream, config: RunConfig, *, message: str, now: str, system: str = ""
) -> ImageID:
    """Keep a tar as the only layer of a new image; trailing bytes count into its diff ID.

    Source: moby/daemon/images/image_import.go at v20.10.24.
    """
    layer = store.layers.put(inflate(stream, store.bounds), None)
    comment = message or "Imported from -"
    return store.images.put(
        Image.of(
            ImageDocument(
                diff_ids=(layer.diff_id,),
                config=config,
                history=(History(now, comment=comment),),
                created=now,
                os=system or "linux",
                comment=comment,
                container_config=RunConfig(),
                docker_version=VERSION,
            )
        )
    )
