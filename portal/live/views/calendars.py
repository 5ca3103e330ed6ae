"""What is announced: the calendar page, its feed, the way to the next broadcast, and reminders."""

from datetime import timedelta
from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.live.actions.telling import remind
from portal.live.feed import Entry, feed
from portal.live.queries import LATE_START, calendar, next_taking, reminded
from portal.live.states import SessionState
from portal.live.views import rights, with_start
from portal.notices.push import public_key
from portal.notices.queries import listening
from portal.people.models import Person


@require_GET
def calendar_page(request: HttpRequest) -> HttpResponse:
    """Context: months [{"first": date, "rows": [session dict + {"reminded": bool}]}], the nearest first."""
    wanted = reminded(request.user)
    rows = [
        with_start(session) | {"reminded": session.pk in wanted}
        for session in calendar(timezone.now() - LATE_START)
    ]
    months = [
        {"first": first, "rows": list(of_month)}
        for first, of_month in groupby(rows, key=lambda row: row["starts"].date().replace(day=1))
    ]
    context = {"months": months, "may": rights(request.user), "push_key": public_key()}
    return render(request, "live/calendar.html", context)


@require_GET
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """iCalendar of the last month and everything announced; public, without names of citizens."""
    entries = [
        Entry(
            key=f"live-{session.pk}@{request.get_host()}",
            sequence=session.revision,
            title=session.title,
            words=_("%(name)s 在线回答") % {"name": session.host},
            starts_at=timezone.localtime(session.starts_at),
            minutes=session.planned_minutes,
            changed_at=timezone.now(),
            address=request.build_absolute_uri(reverse("live:live", args=[session.pk])),
            cancelled=session.state == SessionState.CANCELLED,
        )
        for session in calendar(timezone.now() - timedelta(days=31), limit=300)
    ]
    return HttpResponse(feed(_("干群直通车"), entries), content_type="text/calendar; charset=utf-8")


@require_GET
def next_broadcast(request: HttpRequest) -> HttpResponse:
    """To asking in the broadcast that takes questions now, or to the calendar."""
    session = next_taking()
    if session is None:
        return redirect("live:calendar")
    return redirect(reverse("live:live", args=[session.pk]) + "#ask")


@require_POST
def remind_me(request: HttpRequest, session_id: int) -> HttpResponse:
    if not isinstance(request.user, Person):
        return redirect(f"{reverse('people:login')}?next={reverse('live:calendar')}")
    wanted = request.POST.get("wanted", "1") == "1"
    remind(request.user, session_id, wanted)
    if not wanted:
        said = _("不再提醒这一场。")
    elif listening(request.user).exists():
        said = _("好的，开播前半小时在这台手机上通知您。")
    else:
        said = _("好的，开播前半小时发短信提醒您。")
    messages.success(request, said)
    return redirect("live:calendar")
