"""From what an engine understood to captions with names and revisions. Pure: one object per track, no clock.

An utterance is cut into captions, each time anew, while it grows. A caption keeps its uid; whatever changes
in it makes a new revision. A caption without text takes back what was shown under its uid.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from transcripts.captions import Word, cue_uid, cut, join
from transcripts.engines.interface import Recognised

# A fresh engine that hears an open utterance again may see its begin shifted by this much.
SHIFT_MS = 1000
# Revisions of one life of the scribe; a later life begins above all of them.
REVISIONS_PER_LIFE = 1000


@dataclass(frozen=True, slots=True)
class CueChange:
    """One caption as it is now; times are recording milliseconds."""

    uid: str
    revision: int
    final: bool
    begin_ms: int
    end_ms: int
    text: str


@dataclass(slots=True)
class CueBuilder:
    """The captions of one track. `floor_ms`: words before it are final already and are not taken twice."""

    session: int
    participant: str
    track: int
    floor_ms: int = 0
    open_ms: int | None = None
    life: int = 0
    _shown: dict[str, CueChange] = field(default_factory=dict)

    def take(self, result: Recognised) -> list[CueChange]:
        """What changes by `result`: captions in order, all final when the utterance is."""
        changes = self._leave_behind(result)
        words = [word for word in result.words if (word.begin_ms + word.end_ms) / 2 > self.floor_ms]
        if not words and not self._shown:
            return changes
        if self.open_ms is None:
            self.open_ms = result.begin_ms
        changes += self._change(words, result.final)
        if result.final:
            self._close(max((word.end_ms for word in words), default=self.floor_ms))
        return changes

    def give_up(self) -> list[CueChange]:
        """The track is over: what is open becomes final with the words it has."""
        changes = [self._as_final(shown) for shown in self._shown.values() if shown.text]
        self._close(max((change.end_ms for change in changes), default=self.floor_ms))
        return changes

    def _leave_behind(self, result: Recognised) -> list[CueChange]:
        """An engine that died never ends its utterance: the next one does, unless it is the same heard
        again.
        """
        if self.open_ms is None or abs(result.begin_ms - self.open_ms) <= SHIFT_MS:
            return []
        if any(result.begin_ms < shown.end_ms for shown in self._shown.values()):
            return []
        return self.give_up()

    def _change(self, words: list[Word], final: bool) -> list[CueChange]:
        wanted = {self._uid(part): group for part, group in enumerate(cut(words))}
        changes: list[CueChange] = []
        for uid, group in wanted.items():
            text = join(word.text for word in group)
            changes += self._show(uid, final, group[0].begin_ms, group[-1].end_ms, text)
        for uid, shown in list(self._shown.items()):
            if uid not in wanted and (shown.text or final):
                changes += self._show(uid, final, shown.begin_ms, shown.end_ms, "")
        return changes

    def _show(self, uid: str, final: bool, begin_ms: int, end_ms: int, text: str) -> Iterable[CueChange]:
        before = self._shown.get(uid)
        if before and not final and (before.begin_ms, before.text) == (begin_ms, text):
            return []
        revision = before.revision + 1 if before else self.life * REVISIONS_PER_LIFE + 1
        self._shown[uid] = change = CueChange(uid, revision, final, begin_ms, max(begin_ms, end_ms), text)
        return [change]

    def _as_final(self, shown: CueChange) -> CueChange:
        return CueChange(shown.uid, shown.revision + 1, True, shown.begin_ms, shown.end_ms, shown.text)

    def _uid(self, part: int) -> str:
        return cue_uid(self.session, self.participant, self.track, self.open_ms or 0, part)

    def _close(self, end_ms: int) -> None:
        self.floor_ms = max(self.floor_ms, end_ms)
        self.open_ms = None
        self._shown.clear()
