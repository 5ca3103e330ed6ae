"""What is announced: the calendar page, its feed, the way to the next broadcast, and reminders."""

from datetime import timedelta
from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from portal.live.actions.telling import remind
from portal.live.feed import Entry, feed
from portal.live.queries import LATE_START, calendar, next_taking, reminded
from portal.live.states import SessionState
from portal.live.views import rights, with_start
from portal.notices.push import public_key
from portal.notices.queries import listening
from portal.people.models import Person

# The wish of a visitor who is sent to log in.
WISH = "remind"


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


@require_http_methods(["GET", "POST"])
def remind_me(request: HttpRequest, session_id: int) -> HttpResponse:
    """POST {wanted, from}: the wish, then back `from` the page of the broadcast or the calendar.

    Who is not known yet logs in first; the wish waits in the visitor's session and is taken up by the GET behind it.
    """
    back = request.POST.get("from") == "live"
    if request.method == "GET":
        kept = request.session.pop(WISH, {})
        if not isinstance(request.user, Person) or kept.get("session") != session_id:
            return redirect("live:calendar")
        wanted, back = True, bool(kept.get("back"))
    elif not isinstance(request.user, Person):
        request.session[WISH] = {"session": session_id, "back": back}
        return redirect(f"{reverse('people:login')}?next={reverse('live:remind', args=[session_id])}")
    else:
        wanted = request.POST.get("wanted", "1") == "1"
    remind(request.user, session_id, wanted)
    messages.success(request, _promise(request.user, wanted))
    return redirect("live:live", session_id) if back else redirect("live:calendar")


def _promise(person: Person, wanted: bool) -> str:
    if not wanted:
        return _("不再提醒这一场。")
    if listening(person).exists():
        return _("好的，开播前半小时在这台手机上通知您。")
    return _("好的，开播前半小时发短信提醒您。")
