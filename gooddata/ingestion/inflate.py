"""Opens compressed bodies, to no more than the limit."""

import zlib

from gooddata.ingestion import limits
from gooddata.ingestion.unusable import Unusable

GZIP, GZIP_OR_ZLIB = 31, 47  # as zlib's wbits


def inflated(body: bytes, form: int = GZIP) -> bytes:
    """Raises Unusable (400, 413) for what is not whole, or opens to more than is taken."""
    opener = zlib.decompressobj(wbits=form)
    try:
        opened = opener.decompress(body, limits.DECOMPRESSED_BYTES + 1)
    except zlib.error as failure:
        raise Unusable(400, "not_gzip", f"the body is not gzip: {failure}") from None
    if len(opened) > limits.DECOMPRESSED_BYTES:
        message = f"the body opens to more than {limits.DECOMPRESSED_BYTES:,} bytes: send it in parts"
        raise Unusable(413, "body_too_large", message)
    if not opener.eof:
        raise Unusable(400, "not_gzip", "the gzip body ends too early")
    return opened
