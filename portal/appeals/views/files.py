"""Enclosed files over HTTP: sent in pieces that can be taken up again, and shown to those who may see them."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from portal.appeals import actions, queries
from portal.appeals.actions.files import Piece, forget, is_for, path_of, take_piece
from portal.appeals.models import Attachment
from portal.appeals.views.visitor import person_of
from portal.lib.errors import BadInput, NotAllowed, NotFound
from portal.lib.http import client_address
from portal.lib.ranges import ranged_file

TYPES = {"jpg": "image/jpeg", "webm": "audio/webm", "ogg": "audio/ogg", "m4a": "audio/mp4"}
# Opened in a tab of its own a file is looked at and nothing more.
ALONE = "default-src 'none'; img-src 'self'; media-src 'self'; sandbox"


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadInput(_("“%(name)s”须是整数。") % {"name": name}, field=name)
    return int(text)


def _standing(row: Attachment) -> dict[str, Any]:
    return {
        "uuid": str(row.uuid),
        "received": row.received,
        "size": row.size,
        "ready": row.state == Attachment.State.READY,
        "in_case": row.in_case,
        # Null: they may still come.
        "words": None
        if row.words_state in (Attachment.Words.WANTED, Attachment.Words.HEARING)
        else row.words,
    }


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.GET.get("key", ""))
    except ValueError:
        raise BadInput(_("提问编号无效，请刷新页面后再试。"), field="key") from None


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """GET: how far the file is. POST ?key=&kind=&size=&offset=: the bytes from `offset` on as the body.

    Both answer {"uuid", "received", "size", "ready", "in_case", "words"}; a sender goes on at "received".
    """
    person = person_of(request)
    if request.method == "GET":
        found = queries.upload_of(uuid)
        if found is None or not is_for(person, found):
            raise NotFound(_("没有这个文件。"))
        return JsonResponse(_standing(found))
    piece = Piece(
        uuid,
        _key(request),
        request.GET.get("kind", ""),
        _number(request, "size"),
        _number(request, "offset"),
        request.body,
    )
    return JsonResponse(_standing(take_piece(person, piece, client_address(request))))


@require_POST
def remove_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Taken back before the question was sent."""
    found = queries.upload_of(uuid)
    if found is not None and is_for(person_of(request), found) and not found.in_case:
        forget(found)
    return JsonResponse({"removed": True})


def _reader(request: HttpRequest, number: str) -> Any:
    appeal = queries.find_appeal(number)
    by_code = actions.code_proves(appeal, request.GET.get("code", ""), client_address(request))
    if not by_code and not queries.may_see_files(person_of(request), appeal):
        raise NotAllowed(_("请用查询码打开，或登录后查看自己的诉求。"))
    return appeal


@require_GET
def files(request: HttpRequest, number: str) -> HttpResponse:
    """{"files": [{"uuid", "kind", "url", "words"}]} of a case."""
    rows = queries.files_of(_reader(request, number))
    shown = [
        {
            "uuid": str(row.uuid),
            "kind": row.kind,
            "url": f"/cases/{number}/files/{row.uuid}/",
            "words": row.words,
        }
        for row in rows
    ]
    return JsonResponse({"files": shown})


@require_safe
def file(request: HttpRequest, number: str, uuid: UUID) -> HttpResponseBase:
    found = queries.file_of(_reader(request, number), uuid)
    path = path_of(found)
    if not path.is_file():
        raise NotFound(_("没有这个文件。"))
    response = ranged_file(request, path, TYPES[path.suffix[1:]])
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["Content-Disposition"] = f'inline; filename="{number}-{found.kind}{path.suffix}"'
    return response
