"""`manage.py demo`: the invented county. Run again, it adds only what is missing, such as a broadcast for
today."""

import logging
from argparse import ArgumentParser
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from portal.appeals.actions import load_official_years, tick
from portal.appeals.days import OFFICIAL_YEARS
from portal.appeals.queries import one_calendar
from portal.live.models import LiveSession
from portal.live.rota import evenings_after, evenings_before
from portal.live.states import TAKES_QUESTIONS, SessionState
from portal.notices.models import Notice, NoticeStatus
from portal.questions.management.county.board import write_board
from portal.questions.management.county.evenings import ask_some, hold, past_evening
from portal.questions.management.county.people import County, settle_county

PAST = (("干群直通车：道路与饮水", "lin"), ("干群直通车：看病与上学", "chen"))
COMING = (("干群直通车：住房与物业", "zhou"), ("干群直通车：乡村振兴", "lin"))
TODAY = "干群直通车：今天的直播"
# Always the same county: screenshots and tests compare.
SEED = 20260210
AHEAD = 8

log = logging.getLogger(__name__)


def _past(county: County, now: datetime) -> None:
    """Two broadcasts that were held, the older one first."""
    if LiveSession.objects.filter(state=SessionState.ENDED, title=PAST[0][0]).exists():
        return
    dice = Random(SEED)
    for (title, host), starts_at in zip(PAST, reversed(evenings_before(now, 2)), strict=True):
        past_evening(county, title, host, starts_at, now, dice)
    tick(now)


def _call_delivered(county: County, began: datetime) -> None:
    """What was written since `began` to invented people: the clerk would send it all at the first start."""
    staff = (*county.staff.values(), *county.officers.values(), *county.heads.values())
    people = [person.pk for person in (*county.citizens, *staff)]
    mine = Notice.objects.filter(status=NoticeStatus.PENDING, created_at__gte=began, person__in=people)
    mine.update(status=NoticeStatus.SENT, sent_at=began)


def _questions_ahead(county: County, session: LiveSession, now: datetime) -> None:
    times = [now - timedelta(minutes=7 * (AHEAD - place)) for place in range(AHEAD)]
    ask_some(county, session, AHEAD, times, Random(SEED + session.pk))


def _today(county: County, now: datetime) -> None:
    """A broadcast that can be opened now, unless one is on or about to begin."""
    near = LiveSession.objects.filter(state__in=TAKES_QUESTIONS)
    if near.filter(starts_at__gt=now - timedelta(hours=3), starts_at__lt=now + timedelta(hours=3)).exists():
        return
    soon = now.replace(second=0, microsecond=0) + timedelta(minutes=5 - now.minute % 5)
    session = hold(county, TODAY, "lin", soon, "什么都可以问")
    _questions_ahead(county, session, now)


def _coming(county: County, now: datetime) -> None:
    for (title, host), starts_at in zip(COMING, evenings_after(now, 2), strict=True):
        if not LiveSession.objects.filter(starts_at=starts_at, state=SessionState.PLANNED).exists():
            hold(county, title, host, starts_at)


class Command(BaseCommand):
    help = "Loads the demo county: units, staff, citizens, coming and past broadcasts with their cases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--in-production", action="store_true", help="even with PRODUCTION=1")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION and not options["in_production"]:
            raise CommandError("This is a production database; invented people do not belong there.")
        now = timezone.localtime()
        with transaction.atomic():
            load_official_years(year for year in (now.year - 1, now.year) if year in OFFICIAL_YEARS)
            county = settle_county(now)
            with one_calendar():
                _past(county, now)
                _today(county, now)
                _coming(county, now)
                write_board(county, now, Random(SEED))
            _call_delivered(county, now)
        log.info("demo county loaded")
