"""Broadcasts of the demo county: two that were held, the one of today, and the next evenings."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import NAMESPACE_URL, UUID, uuid5

from portal.appeals.models import Appeal
from portal.live.actions import end, go_live, plan
from portal.live.models import LiveSession
from portal.people.models import Person
from portal.questions import actions
from portal.questions.management.county.handling import deal, walk_case
from portal.questions.management.county.matters import MATTERS, Matter
from portal.questions.management.county.people import County
from portal.questions.models import Question

PER_EVENING = 60
SPOKEN, WRITTEN, SAME, HIDDEN, SHOWN = 9, 8, 4, 3, 18
LEADS = ("", "", "领导好，", "您好！", "想反映一个问题：", "请问：")


@dataclass(frozen=True, slots=True)
class Asked:
    question_id: int
    appeal: Appeal
    matter: Matter
    at: datetime


def question_uuid(session: LiveSession, place: int) -> UUID:
    """The same for the same place, as a client's would be: loading again doubles nothing."""
    return uuid5(NAMESPACE_URL, f"direct-train-demo:{session.pk}:{place}")


def hold(county: County, title: str, host: str, starts_at: datetime, topic: str = "") -> LiveSession:
    crew = [county.staff["bob"], county.staff["mei"]]
    return plan(county.staff["sam"], title, county.staff[host], starts_at, crew, topic)


def ask_some(
    county: County, session: LiveSession, count: int, times: list[datetime], dice: Random
) -> list[Asked]:
    """`count` questions at `times`, the demo citizen's first."""
    people = [county.citizens[0], *dice.sample(county.citizens[1:], count - 1)]
    matters = [*MATTERS, *dice.sample(MATTERS, len(MATTERS))][: count if count > len(MATTERS) else None]
    dice.shuffle(matters)
    asked = []
    for place, (person, matter, at) in enumerate(zip(people, matters, times, strict=False)):
        text = dice.choice(LEADS) + matter.text.format(place=person.village)
        sent = actions.ask(person, session.pk, question_uuid(session, place), text, person.village, at=at)
        appeal = Appeal.objects.get(number=sent.case_number)
        asked.append(Asked(sent.question_id, appeal, matter, at))
    return asked


def _speak(bob: Person, session: LiveSession, asked: list[Asked], dice: Random) -> None:
    """Answers one after the other, in recording time."""
    ms = 40_000
    for each in asked:
        begin_ms, ms = ms, ms + dice.randrange(45_000, 150_000)
        at = session.starts_at + timedelta(milliseconds=ms)
        actions.begin_answer(bob, each.question_id, begin_ms)
        actions.end_answer(bob, each.question_id, ms, each.matter.answer, at=at)
        ms += dice.randrange(20_000, 60_000)


def _write(bob: Person, session: LiveSession, asked: list[Asked], dice: Random) -> None:
    for each in asked:
        at = session.starts_at + timedelta(minutes=dice.randrange(5, 58))
        actions.answer_in_writing(bob, each.question_id, each.matter.answer, final=dice.random() < 0.5, at=at)


def _vote(county: County, asked: list[Asked], dice: Random) -> None:
    for each in asked:
        for person in dice.sample(county.citizens, dice.randrange(0, 4)):
            actions.vote(person, each.question_id)


def _raise_hand(county: County, session: LiveSession, ms: int) -> None:
    """A citizen who spoke on stage: called, checked, on, answered; the words come from the transcript."""
    bob, person = county.staff["bob"], county.citizens[-1]
    at = session.starts_at + timedelta(milliseconds=ms)
    hand = actions.raise_hand(person, session.pk, question_uuid(session, 999), person.village, at=at)
    actions.move(bob, hand.question_id, "prompted", at=at)
    for state in ("checking", "ready"):
        actions.stage_report(session.pk, person.pk, state)
    actions.move(bob, hand.question_id, "on", at=at)
    matter = MATTERS[1]
    actions.set_spoken_text(bob, hand.question_id, matter.text.format(place=person.village))
    actions.begin_answer(bob, hand.question_id, ms)
    actions.end_answer(bob, hand.question_id, ms + 95_000, matter.answer, at=at + timedelta(seconds=95))


def _moderate(county: County, session: LiveSession, asked: list[Asked], dice: Random) -> None:
    bob, queue = county.staff["bob"], asked[:]

    def take(count: int) -> list[Asked]:
        taken, queue[:] = queue[:count], queue[count:]
        return taken

    spoken, written, same, hidden, shown = (take(count) for count in (SPOKEN, WRITTEN, SAME, HIDDEN, SHOWN))
    for each in (*spoken, *shown):
        actions.move(bob, each.question_id, "shortlisted", at=each.at)
    _vote(county, [*spoken, *shown], dice)
    for place, each in enumerate(same):
        actions.mark_same(bob, each.question_id, spoken[place % 2].question_id, at=each.at)
    for each in hidden:
        actions.hide(bob, each.question_id, "含个人隐私")
    _speak(bob, session, spoken, dice)
    _write(bob, session, written, dice)
    _raise_hand(county, session, 2_700_000)


def past_evening(
    county: County, title: str, host: str, starts_at: datetime, now: datetime, dice: Random
) -> None:
    """A broadcast that was held, with its questions and what became of their cases since."""
    session = hold(county, title, host, starts_at)
    early = starts_at - timedelta(days=2)
    span = (starts_at + timedelta(minutes=45) - early).total_seconds()
    times = sorted(early + timedelta(seconds=dice.random() * span) for _each in range(PER_EVENING - 1))
    asked = ask_some(county, session, PER_EVENING - 1, times, dice)
    lin = county.staff[host]
    go_live(lin, session.pk, at=starts_at)
    _moderate(county, session, asked, dice)
    over = starts_at + timedelta(minutes=62)
    end(lin, session.pk, at=over)
    spoken = Question.objects.get(session=session, kind="spoken")
    fates = deal(dice)
    for each in asked:
        each.appeal.refresh_from_db()
        answered = each.appeal.last_event_at or each.at
        walk_case(county, each.appeal, each.matter, next(fates), dice, max(each.at, answered), now)
    if spoken.appeal is not None:
        walk_case(county, spoken.appeal, MATTERS[1], "in_progress", dice, over, now)
