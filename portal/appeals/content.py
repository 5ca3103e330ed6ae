"""What an enclosed file really is, told from its bytes: its name and its announced type are anybody's invention."""

from io import BytesIO
from warnings import catch_warnings, simplefilter

from PIL import Image, ImageOps, UnidentifiedImageError

# More pixels than any telephone takes; a few kilobytes can claim gigabytes of picture.
MOST_PIXELS = 60_000_000
LONGEST_EDGE = 2048
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


class NotAPicture(Exception):
    pass


def clean_picture(data: bytes) -> bytes:
    """The picture in `data`, upright, at most 2048 pixels long, as a JPEG of our own making.

    Drawing it again leaves behind whatever else was in the file: place, device, thumbnails, scripts. Raises
    `NotAPicture`.
    """
    try:
        with catch_warnings():
            simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=FORMATS) as found:
                if found.width * found.height > MOST_PIXELS:
                    raise NotAPicture(f"{found.width} × {found.height} pixels")
                # A hint to the decoder: a photo of 12 megapixels is read at half or a quarter.
                found.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))
                upright = ImageOps.exif_transpose(found)
                upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
                return _as_jpeg(upright)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
        OSError,
        ValueError,
        SyntaxError,
    ) as error:
        raise NotAPicture(type(error).__name__) from None


def _as_jpeg(picture: Image.Image) -> bytes:
    flat = Image.new("RGB", picture.size, "white")
    whole = picture.convert("RGBA")
    flat.paste(whole, mask=whole.getchannel("A"))
    out = BytesIO()
    flat.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def sound_type(head: bytes) -> str:
    """Ending of the sound file that begins with `head` (at least 64 bytes); empty for anything else.

    What browsers record: WebM (EBML, RFC 8794 section 11.2), Ogg (RFC 3533 section 6) and MP4 (ISO 14496-12,
    4.3).
    """
    if head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head[:64]:
        return "webm"
    if head.startswith(b"OggS\x00"):
        return "ogg"
    if head[4:8] == b"ftyp":
        return "m4a"
    return ""
