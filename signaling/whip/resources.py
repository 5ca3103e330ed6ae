"""Media sessions as HTTP resources: an unguessable name, the peer behind it, and the tag of its ICE session."""

import json
import secrets
from dataclasses import asdict, dataclass
from http import HTTPStatus

from django.utils.translation import gettext as _

from signaling.errors import Refusal
from signaling.presence import Presence
from signaling.whip.wire import Place, Precondition


@dataclass(frozen=True, slots=True)
class Resource:
    """`tag`: strong entity tag of the ICE session; `ufrag`: the other side's in it; `mids`: of the offer."""

    peer: str
    tag: str
    ufrag: str
    mids: list[str]


def _name(place: Place, resource: str) -> str:
    return f"{place.door}-{resource}"


async def keep(presence: Presence, place: Place, resource: Resource) -> str:
    """Write it down under its name, or under a new one; the name."""
    name = place.resource or secrets.token_urlsafe(24)
    await presence.own_peer(place.session, _name(place, name), json.dumps(asdict(resource)))
    return name


async def find(presence: Presence, place: Place) -> Resource:
    """Raises Refusal("not_found")."""
    value = await presence.owner_of(place.session, _name(place, place.resource or ""))
    if value is None:
        raise Refusal("not_found", _("这条媒体连接已不存在，请重新连接"))
    return Resource(**json.loads(value))


async def drop(presence: Presence, place: Place) -> None:
    await presence.drop_peer(place.session, _name(place, place.resource or ""))


def demand(wanted: str | None, tag: str) -> None:
    """If-Match as RFC 9110, section 13.1.1, and RFC 6585, section 3, say. Raises Precondition.

    `"*"` in quotes is not the standard's, but stands in the WHEP draft's example, so that players send it.
    """
    if wanted is None:
        raise Precondition(HTTPStatus.PRECONDITION_REQUIRED, "If-Match with the entity tag, or *, is needed")
    tags = [part.strip() for part in wanted.split(",")]
    if tag not in tags and "*" not in tags and '"*"' not in tags:
        raise Precondition(HTTPStatus.PRECONDITION_FAILED, "the entity tag is of an older ICE session")
