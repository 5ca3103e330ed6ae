"""The one place where an exception becomes `{type: error, re, code, message}` of the protocol.

Sorted by whose fault it is: the client's message, the person's rights, the moment, or ours. What nobody
foresaw is "ours": logged with a number that the reader can tell the operator, never with its inner words.
"""

import logging
import secrets
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from portal.lib.errors import BadInput, Conflict, DirectTrainError, NotAllowed, NotFound, TryLater
from streaming.errors import StreamingError

log = logging.getLogger(__name__)

# Every code an error message can carry; PROTOCOL.md explains each, and a test holds the two together.
CODES = frozenset(
    {
        "bad_message",
        "too_big",
        "unknown_type",
        "out_of_order",
        "bad_input",
        "not_allowed",
        "not_found",
        "conflict",
        "too_many",
        "try_later",
        "full",
        "bad_sdp",
        "ours",
    }
)
# The engine speaks of commands and peers; a browser knows messages.
STREAMING_CODES = {"bad_command": "bad_message", "no_peer": "not_found", "no_room": "not_found"}


class Refusal(DirectTrainError):
    """A refusal made at the door itself, before any room was asked. `re` is the id of the message it
    answers.
    """

    def __init__(self, code: str, message: str, re: str | int | None = None) -> None:
        super().__init__(message, code)
        self.re = re


def code_of(error: DirectTrainError) -> str:
    """The protocol's code: the error's own where the protocol knows it, else the one of its kind."""
    if error.code in CODES:
        return error.code
    kinds: list[tuple[type[DirectTrainError], str]] = [
        (BadInput, "bad_input"),
        (NotAllowed, "not_allowed"),
        (NotFound, "not_found"),
        (Conflict, "conflict"),
        (TryLater, "try_later"),
    ]
    return next((code for kind, code in kinds if isinstance(error, kind)), "ours")


def streaming_sentence(code: str) -> str:
    """What a person can do about a refusal of the media engine, whose own words are for programmers."""
    sentences = {
        "full": _("实时观看的名额已满，将改用普通直播线路"),
        "bad_sdp": _("浏览器发来的媒体描述无法识别，请刷新页面或更换浏览器"),
        "not_found": _("这条媒体连接已不存在，请重新连接"),
    }
    return sentences.get(code, _("媒体服务暂时无法完成这个操作，请稍后再试"))


def translate(error: Exception, re: str | int | None = None) -> dict[str, Any]:
    """The error message for `error`, answering the message with id `re`."""
    if isinstance(error, DirectTrainError):
        code, message = code_of(error), error.message
        re = getattr(error, "re", None) if re is None else re
    elif isinstance(error, StreamingError):
        code = STREAMING_CODES.get(error.code, error.code)
        code = code if code in CODES else "try_later"
        log.info("the media engine refused with %s", error.code)
        message = streaming_sentence(code)
    elif isinstance(error, DatabaseError | RedisError | OSError):
        # A database or a carrier that is busy or away comes back; what was not written can be sent again.
        log.error("a store is away: %s", type(error).__name__, exc_info=error)
        code, message = "try_later", _("系统正忙，内容没有丢失，请几秒后再试")
    else:
        number = secrets.token_hex(4)
        log.error("unexpected error %s", number, exc_info=error)
        code, message = (
            "ours",
            _("系统出错了，您的内容没有丢失，请重试。错误编号：%(number)s") % {"number": number},
        )
    answer: dict[str, Any] = {"type": "error", "code": code, "message": message}
    if re is not None:
        answer["re"] = re
    return answer
