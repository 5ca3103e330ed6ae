"""Several files as one, for reading: an init segment and the segments that belong to it."""

import io
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path


class JoinedFiles(io.RawIOBase):
    """The first `size` bytes of each (path, size), one behind the other. At most one file is open at a
    time."""

    def __init__(self, files: list[tuple[Path, int]]) -> None:
        super().__init__()
        self._files = files
        self._starts = [0, *accumulate(size for _, size in files)]
        self._at = 0
        self._open: tuple[int, io.BufferedReader] | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._starts[-1]}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        wanted = self._starts[-1] - self._at if size < 0 else min(size, self._starts[-1] - self._at)
        pieces: list[bytes] = []
        while wanted > 0:
            index = bisect_right(self._starts, self._at) - 1
            inside = self._at - self._starts[index]
            piece = self._file(index, inside).read(min(wanted, self._files[index][1] - inside))
            if not piece:
                break  # shorter than the journal says: a disk lost it
            pieces.append(piece)
            self._at += len(piece)
            wanted -= len(piece)
        return b"".join(pieces)

    def _file(self, index: int, inside: int) -> io.BufferedReader:
        if self._open is None or self._open[0] != index:
            if self._open is not None:
                self._open[1].close()
            self._open = (index, self._files[index][0].open("rb"))
        self._open[1].seek(inside)
        return self._open[1]

    def close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None
        super().close()
