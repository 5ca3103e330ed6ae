"""`python -m tests.gallery.readme`: the six pictures of the README, out of photographs that the gallery has left."""

from PIL import Image

from tests.whole.county import ROOT

SHOWN = {
    "home-phone": "home-on-air-360-light-normal",
    "live-phone": "live-of-citizen-360-light-normal",
    "stage-phone": "stage-on-air-360-light-normal",
    "case-phone": "case-rated-360-light-normal",
    "studio-desktop": "studio-on-air-1440-dark-normal",
    "console-desktop": "console-with-guest-1440-light-normal",
}
# What a phone shows before anybody scrolls, and a little more; a desk shows everything at once.
TALLEST = 900


def main() -> None:
    for name, photograph in SHOWN.items():
        with Image.open(ROOT / "artefacts" / "pages" / f"{photograph}.png") as picture:
            seen = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, TALLEST)))
            small = seen.quantize(128, dither=Image.Dither.NONE)
            small.save(ROOT / "tests" / "pictures" / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
