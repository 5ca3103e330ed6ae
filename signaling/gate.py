"""May they? Asked at joining and again at every message that does something: rights change while a socket is
open.

The rule per message is data. The answer comes with the rights themselves, so that a handler has no way to act
without having asked.
"""

from enum import Enum

from django.utils.translation import gettext as _

from signaling import protocol
from signaling.client import Client
from signaling.errors import Refusal
from signaling.orm.people import Rights, rights, rights_by_key


class Need(Enum):
    """What a person must be to send a message; `PUBLISH` depends on the role said at hello."""

    WATCH = "watch"
    PERSON = "person"
    RUN = "host or moderator"
    MODERATE = "moderator"
    CALLED = "called to the stage"
    HOST = "host"
    COHOST = "co-host"
    SHARE = "share"
    PUBLISH = "publish"


NEEDS: dict[type[protocol.Message], Need] = {
    protocol.Hello: Need.WATCH,
    protocol.Ping: Need.WATCH,
    protocol.Watch: Need.WATCH,
    protocol.Accept: Need.WATCH,
    protocol.Restart: Need.WATCH,
    protocol.Leave: Need.WATCH,
    protocol.Changes: Need.WATCH,
    protocol.Publish: Need.PUBLISH,
    protocol.GoLive: Need.RUN,
    protocol.Pause: Need.RUN,
    protocol.Resume: Need.RUN,
    protocol.End: Need.RUN,
    protocol.Ask: Need.PERSON,
    protocol.RaiseHand: Need.PERSON,
    protocol.LowerHand: Need.PERSON,
    protocol.Vote: Need.PERSON,
    protocol.Questions: Need.MODERATE,
    protocol.Move: Need.MODERATE,
    protocol.PutBack: Need.MODERATE,
    protocol.Hide: Need.MODERATE,
    protocol.Unhide: Need.MODERATE,
    protocol.Same: Need.MODERATE,
    protocol.SameMany: Need.MODERATE,
    protocol.Part: Need.MODERATE,
    protocol.Claim: Need.MODERATE,
    protocol.Delay: Need.RUN,
    protocol.Cut: Need.RUN,
    protocol.CutEnd: Need.RUN,
    protocol.CutUndo: Need.RUN,
    protocol.Playing: Need.WATCH,
    protocol.Write: Need.MODERATE,
    protocol.BeginAnswer: Need.RUN,
    protocol.EndAnswer: Need.RUN,
    protocol.Propose: Need.MODERATE,
    protocol.SpokenText: Need.MODERATE,
    protocol.CallUp: Need.MODERATE,
    protocol.PutOn: Need.MODERATE,
    protocol.TakeOff: Need.MODERATE,
    protocol.StageCheck: Need.CALLED,
    protocol.LeaveStage: Need.CALLED,
    protocol.Layout: Need.RUN,
    protocol.Statistics: Need.RUN,
    protocol.Cohost: Need.RUN,
    protocol.Share: Need.SHARE,
    protocol.Promise: Need.RUN,
}
# Needs that ask for a seat on the stage; the others are answered by the person and the broadcast alone.
SEATS = frozenset({Need.CALLED, Need.COHOST, Need.SHARE, Need.PUBLISH})
ROLE_NEEDS = {
    "viewer": Need.WATCH,
    "leader": Need.HOST,
    "moderator": Need.MODERATE,
    "guest": Need.PERSON,
    "cohost": Need.COHOST,
}


def _refusal(need: Need) -> Refusal:
    sentences = {
        Need.WATCH: _("这场直播目前不能观看"),
        Need.PERSON: _("请先用手机验证码登录，再提问或点赞"),
        Need.RUN: _("只有出席领导和主持人可以这样做"),
        Need.MODERATE: _("只有本场主持人可以这样做"),
        Need.CALLED: _("只有被请上台的市民可以这样做"),
        Need.HOST: _("只有本场出席领导可以进入这个页面"),
        Need.PUBLISH: _("您没有在本场直播中发言的权限"),
        Need.COHOST: _("请用邀请链接进入"),
        Need.SHARE: _("只有出席领导和受邀部门可以共享画面"),
    }
    return Refusal("not_allowed", sentences[need])


def _speaks(found: Rights, role: str | None) -> bool:
    """On the stage by office, not called up from among the citizens."""
    return found.host if role == "leader" else role == "cohost" and found.cohost


def _holds(found: Rights, need: Need, role: str | None) -> bool:
    if not found.watch:
        return False
    if need is Need.PUBLISH:
        return _speaks(found, role) or (role == "guest" and found.on_stage is not None)
    answers = {
        Need.WATCH: True,
        Need.PERSON: found.person_id is not None,
        Need.RUN: found.host or found.moderate,
        Need.MODERATE: found.moderate,
        Need.CALLED: found.on_stage is not None,
        Need.HOST: found.host,
        Need.COHOST: found.cohost,
        Need.SHARE: _speaks(found, role),
    }
    return answers[need]


async def may_join(client: Client, hello: protocol.Hello) -> Rights:
    """The rights behind the cookie, if they suffice for the role. Raises Refusal("not_allowed") or
    NotFound.
    """
    if client.role is not None:
        raise Refusal("out_of_order", _("已经打过招呼，不能再次发送 hello"))
    found = await rights(client.session_key, client.session_id)
    need = ROLE_NEEDS[hello.role]
    if not _holds(found, need, hello.role):
        raise _refusal(need)
    client.joined = found
    return found


async def may(client: Client, message: protocol.Message) -> Rights:
    """The rights behind the cookie now, if they suffice for `message`; else Refusal("not_allowed").

    Somebody who logged out, or in as somebody else, since the hello of this socket is refused as well. What everybody
    who may watch can send is not privileged: it stands on what was found at hello, and costs no query, since a whole
    county watches and pings.
    """
    if client.role is None or client.joined is None:
        raise Refusal("out_of_order", _("请先发送 hello"))
    need = NEEDS[type(message)]
    if need is Need.WATCH:
        return client.joined
    found = await rights(client.session_key, client.session_id, need in SEATS)
    if found.person_id != client.person_id:
        raise Refusal("not_allowed", _("登录状态已变化，请刷新页面"))
    if not _holds(found, need, client.role):
        raise _refusal(need)
    return found


async def may_send(session_id: int, key: str) -> Rights:
    """The leader's rights behind an encoder's key (WHIP). Raises Refusal("not_allowed") or NotFound."""
    found = await rights_by_key(key, session_id)
    if found is None or not _holds(found, Need.HOST, "leader"):
        raise _refusal(Need.HOST)
    return found


async def may_play(session_id: int) -> Rights:
    """Of somebody nameless with a player (WHEP). Raises Refusal("not_allowed") or NotFound."""
    found = await rights(None, session_id)
    if not _holds(found, Need.WATCH, None):
        raise _refusal(Need.WATCH)
    return found
