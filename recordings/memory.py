"""What the parent remembers of each participant, so that a fresh programme process shows a picture at
once."""

from recordings.units import Codec, Kind, Unit

REMEMBERED_PICTURES = 120  # 4 s; browsers send a key frame only when asked, so a longer GOP is asked for anew
REMEMBERED_SOUND = 10


class Memory:
    """What a fresh process needs of one participant."""

    def __init__(self) -> None:
        self.slot = ""
        self._pictures: list[Unit] = []
        self._sound: list[Unit] = []
        self._reports: dict[Codec, Unit] = {}

    def add(self, unit: Unit) -> None:
        if unit.kind is Kind.VIDEO:
            self._add_picture(unit)
        elif unit.kind is Kind.AUDIO:
            self._sound = [*self._sound, unit][-REMEMBERED_SOUND:]
        else:
            self._reports[unit.codec] = unit

    def _add_picture(self, unit: Unit) -> None:
        if unit.key:
            self._pictures = [unit]
        elif unit.lost_before or len(self._pictures) >= REMEMBERED_PICTURES:
            self._pictures = []
        elif self._pictures:
            self._pictures.append(unit)

    @property
    def has_picture(self) -> bool:
        return bool(self._pictures)

    def replay(self) -> list[Unit]:
        """Reports last: a stream must exist before its report means anything."""
        return [*self._pictures, *self._sound, *self._reports.values()]
