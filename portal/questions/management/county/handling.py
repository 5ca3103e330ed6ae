"""How the demo county handled its cases: each case walks the real steps until its fate or the present stops
it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from portal.appeals import actions as cases
from portal.appeals.models import Appeal
from portal.appeals.sealing import rating_token
from portal.appeals.states import State
from portal.appeals.vocabulary import RefuseReason, SuspendReason
from portal.people.models import Person
from portal.questions.management.county.matters import Matter
from portal.questions.management.county.people import County

# How far a case gets, with how many of a hundred cases end there.
FATES = {
    "registered": 4,
    "refused": 4,
    "accepted": 5,
    "dispatched": 7,
    "returned": 4,
    "in_progress": 15,
    "suspended": 4,
    "extended": 3,
    "replied": 14,
    "rated": 28,
    "explained": 4,
    "reopened": 6,
    "withdrawn": 2,
}
COMMENTS = {
    5: ("处理得很快，谢谢！", "没想到这么快就解决了。", ""),
    4: ("比较满意。", ""),
    3: ("基本解决了。", ""),
    2: ("只修了一半。", "来看过，还没有动工。"),
    1: ("答复和实际不一样。",),
}


class NotYet(Exception):
    """The next step would lie in the future: the case stands where it stands."""


@dataclass(slots=True)
class Walk:
    """One case on its way. `step` gives the next moment, some hours later."""

    county: County
    appeal: Appeal
    matter: Matter
    dice: Random
    at: datetime
    now: datetime

    def step(self, low: float, high: float) -> datetime:
        self.at += timedelta(hours=self.dice.uniform(low, high))
        if self.at >= self.now:
            raise NotYet
        return self.at

    @property
    def clara(self) -> Person:
        return self.county.staff["clara"]

    @property
    def sam(self) -> Person:
        return self.county.staff["sam"]

    @property
    def officer(self) -> Person:
        return self.county.officers[self.matter.unit]

    @property
    def head(self) -> Person:
        return self.county.heads[self.matter.unit]

    def token(self) -> str:
        self.appeal.refresh_from_db()
        return rating_token(self.appeal.pk, self.appeal.cycle)


def deal(dice: Random) -> Iterator[str]:
    """Fates for ever, a hundred at a time in the shares of `FATES`."""
    while True:
        hand = [fate for fate, share in FATES.items() for _each in range(share)]
        dice.shuffle(hand)
        yield from hand


def _accept(walk: Walk) -> None:
    matter = walk.matter
    cases.accept(walk.clara, walk.appeal.pk, matter.kind, matter.matter, matter.urgency, at=walk.step(0.5, 9))


def _dispatch(walk: Walk) -> None:
    unit = walk.county.units[walk.matter.unit]
    cases.dispatch(walk.clara, walk.appeal.pk, unit.pk, at=walk.step(0.2, 4))


def _sign(walk: Walk) -> None:
    cases.sign(walk.officer, walk.appeal.pk, at=walk.step(0.5, 10))


def _reply(walk: Walk) -> None:
    cases.reply(walk.officer, walk.appeal.pk, walk.matter.answer, at=walk.step(8, 80))
    cases.approve_reply(walk.head, walk.appeal.pk, at=walk.step(0.5, 6))


def _rate(walk: Walk) -> None:
    level = walk.dice.choices((5, 4, 3, 2, 1), weights=(38, 30, 18, 9, 5))[0]
    solved = {5: "yes", 4: "yes", 3: "partly"}.get(level, "no")
    comment = walk.dice.choice(COMMENTS[level])
    cases.evaluate(walk.token(), level, solved, comment, at=walk.step(1, 30))


def _reopen(walk: Walk) -> None:
    cases.evaluate(walk.token(), 2, "no", "只修了一半。", at=walk.step(1, 12))
    cases.reopen(walk.token(), "问题没有彻底解决，下雨后又坏了。", at=walk.step(0.2, 4))
    _sign(walk)


def _suspend(walk: Walk) -> None:
    if walk.matter.urgency == "urgent":
        return
    cases.ask_suspend(
        walk.officer,
        walk.appeal.pk,
        SuspendReason.CITIZEN_MATERIAL,
        "等待补充身份证明",
        at=walk.step(1, 6),
    )
    cases.suspend(walk.sam, walk.appeal.pk, at=walk.step(0.5, 3))


def _extend(walk: Walk) -> None:
    cases.ask_extend(walk.officer, walk.appeal.pk, 3, "材料运输受阻，工期顺延", at=walk.step(1, 6))
    cases.extend(walk.sam, walk.appeal.pk, at=walk.step(0.5, 3))


def _return(walk: Walk) -> None:
    cases.return_(walk.officer, walk.appeal.pk, "不属本单位职责，建议改派乡镇办理。", at=walk.step(0.5, 6))


def _refuse(walk: Walk) -> None:
    cases.refuse(
        walk.clara,
        walk.appeal.pk,
        RefuseReason.JUDICIAL,
        "请向受理法院查询进度，电话12368。",
        at=walk.step(0.5, 6),
    )


def _explain(walk: Walk) -> None:
    cases.close_explained(
        walk.clara, walk.appeal.pk, "政策暂不支持，已向诉求人当面说明。", at=walk.step(2, 20)
    )


def _withdraw(walk: Walk) -> None:
    if walk.appeal.person is not None:
        cases.withdraw(walk.appeal.person, walk.appeal.pk, "问题已自行解决", at=walk.step(1, 6))


_TAKEN = (_accept, _dispatch, _sign)
STEPS_OF = {
    "registered": (),
    "refused": (_refuse,),
    "accepted": (_accept,),
    "dispatched": (_accept, _dispatch),
    "returned": (_accept, _dispatch, _return),
    "in_progress": _TAKEN,
    "suspended": (*_TAKEN, _suspend),
    "extended": (*_TAKEN, _extend),
    "replied": (*_TAKEN, _reply),
    "rated": (*_TAKEN, _reply, _rate),
    "explained": (*_TAKEN, _reply, _explain),
    "reopened": (*_TAKEN, _reply, _reopen),
    "withdrawn": (_accept, _withdraw),
}


def walk_case(
    county: County, appeal: Appeal, matter: Matter, fate: str, dice: Random, start: datetime, now: datetime
) -> None:
    """Take the case along its fate, beginning at `start`; a case settled on air is only rated."""
    walk = Walk(county, appeal, matter, dice, start, now)
    steps = STEPS_OF[fate]
    if appeal.state == State.REPLIED:
        steps = (_rate,) if fate in ("rated", "replied") else ()
    try:
        for step in steps:
            step(walk)
    except NotYet:
        return
