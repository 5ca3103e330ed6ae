"""Who may move the media where, by the clock of the test."""

import secrets
from collections.abc import Hashable

from streaming.ice import BindingRequest, Credentials, parse_request, write_request
from streaming.mux import Mux
from streaming.path import CONSENT, MAX_ROUTES, OLD_CREDENTIALS, SILENT_ROUTE, IcePath, Route


class Wire:
    """A route that keeps what is sent."""

    def __init__(self, port: int) -> None:
        self.key: Hashable = port
        self.address = ("192.0.2.9", port)
        self.sent: list[bytes] = []

    def send(self, data: bytes) -> None:
        self.sent.append(data)


def _check(credentials: Credentials, nominate: bool = False) -> BindingRequest:
    request = parse_request(write_request(credentials, "them", secrets.token_bytes(12), nominate))
    assert request is not None
    return request


def _path() -> tuple[Mux, IcePath]:
    mux = Mux()
    return mux, IcePath(mux, 0.0)


async def test_the_first_proven_address_is_used_and_a_nomination_moves_it() -> None:
    _, path = _path()
    first, second = Wire(1), Wire(2)
    path.send(b"nowhere yet")
    assert path.dropped == 1
    assert path.check(_check(path.credentials), first, 0.0) == path.credentials.password
    path.check(_check(path.credentials), second, 0.1)
    path.send(b"a")
    path.check(_check(path.credentials, nominate=True), second, 0.2)
    path.send(b"b")
    assert (first.sent, second.sent) == ([b"a"], [b"b"])


async def test_a_silent_address_is_left_without_nomination_and_media_moves_at_once() -> None:
    _, path = _path()
    first, second, third = Wire(1), Wire(2), Wire(3)
    path.check(_check(path.credentials), first, 0.0)
    path.media_was_authentic(first, 1.0)
    path.check(_check(path.credentials), second, 1.0 + SILENT_ROUTE / 2)
    assert path.route is first
    path.check(_check(path.credentials), second, 1.1 + SILENT_ROUTE)
    assert path.route is second
    path.media_was_authentic(third, 3.2)
    assert path.route is third


async def test_received_media_counts_as_consent() -> None:
    _, path = _path()
    wire = Wire(1)
    path.check(_check(path.credentials), wire, 0.0)
    assert path.has_consent(CONSENT - 1) and not path.has_consent(CONSENT + 1)
    path.media_was_authentic(wire, CONSENT - 1)
    assert path.has_consent(CONSENT + 1)


async def test_old_credentials_end_and_wrong_ones_never_begin() -> None:
    _, path = _path()
    old, wire = path.credentials, Wire(1)
    assert path.check(_check(Credentials(old.ufrag, "guess")), wire, 0.0) is None
    path.restart(0.0)
    assert path.check(_check(old), wire, 1.0) == old.password
    path.forget_old(OLD_CREDENTIALS + 1)
    assert path.check(_check(old), wire, 2.0) is None
    assert path.check(_check(path.credentials), wire, 2.0) == path.credentials.password
    for _ in range(10):
        path.restart(3.0)
    assert len(path._known) <= 3


async def test_addresses_have_a_bound_and_the_one_in_use_stays() -> None:
    mux, path = _path()
    wires = [Wire(port) for port in range(3 * MAX_ROUTES)]
    for wire in wires:
        path.check(_check(path.credentials), wire, 0.0)
    assert path.route is wires[0]
    assert len(mux._routes) == MAX_ROUTES and wires[0].key in mux._routes
    path.close()
    assert not mux._routes and not mux._paths


async def test_who_proves_an_address_last_owns_it_also_after_the_other_left() -> None:
    mux, path = _path()
    other, wire = IcePath(mux, 0.0), Wire(1)
    path.check(_check(path.credentials), wire, 0.0)
    other.check(_check(other.credentials), wire, 0.1)
    path.close()
    assert mux._routes[wire.key][0] is other


async def test_media_before_the_keys_waits_in_a_bounded_line() -> None:
    _, path = _path()
    wire, got = Wire(1), []

    def keep(data: bytes, route: Route) -> None:
        got.append(data)

    for number in range(100):
        path.receive(b"\x80" + bytes((number,)), wire)
    path.deliver_media_to(keep)
    path.receive(b"\x80now", wire)
    assert got[0] == b"\x80" + bytes((36,)) and got[-1] == b"\x80now"
    assert path.dropped == 36


async def test_a_closed_connection_leads_back_to_the_address_before() -> None:
    _, path = _path()
    first, second = Wire(1), Wire(2)
    path.check(_check(path.credentials), first, 0.0)
    path.check(_check(path.credentials, nominate=True), second, 0.0)
    path.route_gone(second)
    assert path.route is first
