"""Past broadcasts as cards with chapters, and the search over everything that was said and answered in them."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from portal.live.queries import ended, may_watch, sessions_by_id
from portal.live.views import with_start
from portal.questions.queries import answers_with, chapters_of
from recordings.queries import player_times
from transcripts import queries
from transcripts.queries import Hit

PER_PAGE = 10
MOST_HITS = 40
LONGEST_WISH = 100


def marked(text: str, terms: list[str]) -> SafeString:
    """`text` for a page, with the terms that were looked for marked."""
    shown, at, level = mark_safe(""), 0, text.casefold()
    # Letters whose case folds to two have other places than in the text; such a line is shown unmarked.
    wanted = [term.casefold() for term in terms if term] if len(level) == len(text) else []
    while found := min(
        ((place, len(term)) for term in wanted if (place := level.find(term, at)) >= 0), default=None
    ):
        place, length = found
        shown += conditional_escape(text[at:place]) + format_html(
            "<mark>{}</mark>", text[place : place + length]
        )
        at = place + length
    return shown + conditional_escape(text[at:])


def _spoken(request: HttpRequest, wish: str) -> list[dict[str, Any]]:
    """Captions that hold the wish, with the second of the replay at which they were said."""
    hits = queries.search(wish, limit=MOST_HITS)
    sessions = sessions_by_id(hit.session_id for hit in hits)
    allowed = {pk: session for pk, session in sessions.items() if may_watch(request.user, session)}
    rows = []
    for pk, session in allowed.items():
        mine: list[Hit] = [hit for hit in hits if hit.session_id == pk]
        places = player_times(pk, [hit.cue.begin_ms for hit in mine])
        rows += [
            {
                "session": session,
                "starts": timezone.localtime(session.starts_at),
                "speaker": hit.cue.speaker,
                "text": marked(hit.cue.text, wish.split()),
                "seconds": round(place, 1),
                "at": f"{int(place) // 60}:{int(place) % 60:02d}",
            }
            for hit, place in zip(mine, places, strict=True)
        ]
    return rows


def _answered(wish: str) -> list[dict[str, Any]]:
    terms = wish.split()
    return [
        row | {"text": marked(row["text"], terms), "written": marked(row["written_answer"], terms)}
        for row in answers_with(terms)
    ]


@require_GET
def replays(request: HttpRequest) -> HttpResponse:
    """`?q=`: passages and answers that hold every word; without it the broadcasts, the latest first.

    Context: q; spoken [{"session", "starts", "speaker", "text", "seconds", "at"}] and answers (answer rows) when
    something is looked for, else page (Paginator page) and broadcasts [session dict + {"chapters": answer rows}].
    """
    wish = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST_WISH]
    if wish:
        found = {"spoken": _spoken(request, wish), "answers": _answered(wish)}
        return render(request, "transcripts/replays.html", {"q": wish} | found)
    page = Paginator(ended(), PER_PAGE).get_page(request.GET.get("page"))
    spoken = chapters_of(session.pk for session in page.object_list)
    broadcasts = [
        with_start(session) | {"chapters": spoken.get(session.pk, [])} for session in page.object_list
    ]
    return render(request, "transcripts/replays.html", {"q": "", "page": page, "broadcasts": broadcasts})
