"""The edges every page shares: security headers, and the one place where refusals become pages or JSON."""

import logging
import re
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _

from portal.lib.errors import DirectTrainError, NotAllowed, TryLater

log = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]

# blob: is what hls.js feeds the video element; ws: and wss: the page's own socket.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self' blob:",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self' ws: wss:",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


class SecurityHeaders:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(self), microphone=(self), geolocation=()")
        return response


def client_address(request: HttpRequest) -> str:
    """The network address of who asks, for limits; "" where there is none."""
    return sender_of(request.META.get("REMOTE_ADDR") or "", request.headers.get("X-Forwarded-For", ""))


def sender_of(peer: str, forwarded: str) -> str:
    """The network address of who asks, from the connection's other end and the header X-Forwarded-For.

    In production the web process hears only our proxy, which writes the sender's address last into
    X-Forwarded-For; what stands before it was written by the sender. Anywhere else the header is anybody's
    invention. Of an IPv6 address the network (/64) counts: one household has the rest to choose from.
    """
    told = peer
    if settings.PRODUCTION:
        told = forwarded.rpartition(",")[2].strip() or told
    try:
        address = ip_address(told)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))
    return str(address)


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")


# Never shown again: what proves a person, and what only the form itself wrote.
UNSPOKEN = frozenset({"csrfmiddlewaretoken", "password", "code", "uuid", "next", "language"})
CHOSEN = re.compile(r"[0-9]*|[a-z0-9_-]{1,24}")


def typed_words(request: HttpRequest) -> list[str]:
    """What somebody wrote into the form that was refused, so that the page of the refusal can give it back."""
    if request.method != "POST" or request.content_type == "application/json":
        return []
    return [
        value
        for name, values in request.POST.lists()
        if name.rpartition("-")[2] not in UNSPOKEN
        for value in values
        if CHOSEN.fullmatch(value.strip()) is None
    ]


class TranslateErrors:
    """A `DirectTrainError` becomes its status with a sentence, as JSON for programs and as a page for people."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DirectTrainError):
            return None
        log.info(
            "refused %s with %s", request.resolver_match and request.resolver_match.view_name, error.code
        )
        body = {"error": {"code": error.code, "message": error.message}}
        response = (
            JsonResponse(body, status=error.status) if wants_json(request) else _refused(request, error)
        )
        if isinstance(error, TryLater):
            response.headers["Retry-After"] = str(error.seconds)
        return response


def _refused(request: HttpRequest, error: DirectTrainError) -> HttpResponse:
    context = {"error": error, "typed": typed_words(request)}
    return render(request, "refused.html", context, status=error.status)


def server_error(request: HttpRequest) -> HttpResponse:
    """What nobody foresaw. It gives back what was typed and needs nothing that may be broken too."""
    try:
        typed = typed_words(request)
    except Exception:
        log.exception("what was typed could not be read")
        typed = []
    return HttpResponse(get_template("500.html").render({"typed": typed}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's refusal of a form that does not come from our own page, in our words."""
    log.info("refused a form: %s", reason)
    error = NotAllowed(_("这个页面放得太久了，没有发送。请返回上一页，刷新后再试一次。"))
    if wants_json(request):
        return JsonResponse({"error": {"code": error.code, "message": error.message}}, status=error.status)
    return _refused(request, error)
