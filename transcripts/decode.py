"""`python -m transcripts.decode <file>`: a recording as 16 kHz mono s16 on standard output, three minutes at most."""

import sys
from pathlib import Path

import av

from transcripts.engines.interface import BYTES_PER_MS, RATE

LONGEST_MS = 180_000
# Named, not guessed: some formats are lists of other files, and those are none of a citizen's business.
FORMATS = {".webm": "matroska", ".ogg": "ogg", ".m4a": "mp4"}


def decode(path: Path) -> None:
    resampler = av.AudioResampler("s16", "mono", RATE)
    left = LONGEST_MS * BYTES_PER_MS
    with av.open(str(path), format=FORMATS[path.suffix]) as file:
        for frame in file.decode(file.streams.audio[0]):
            for plain in resampler.resample(frame):
                pcm = bytes(plain.planes[0])[: plain.samples * 2]
                sys.stdout.buffer.write(pcm[:left])
                left -= len(pcm)
            if left <= 0:
                return


if __name__ == "__main__":
    decode(Path(sys.argv[1]))
