"""One peer's road to us: its ICE credentials, the addresses it proved, and where we send.

An address change or an ICE restart changes only the route; keys and streams stay.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import Protocol

from streaming.ice import BindingRequest, Credentials

MAX_ROUTES = 8
MAX_INBOX = 64
SILENT_ROUTE = 2.0  # s after which a check without USE-CANDIDATE may move us (Firefox never nominates again)
SHORT_SILENCE = 0.4  # s after which a peer may be looked for at another port of its host
OLD_CREDENTIALS = 30.0  # s for which the ones before a restart stay good
CONSENT = 25.0  # s without anything authentic after which a peer is gone (RFC 7675 allows 30)


class Route(Protocol):
    """One remote address behind one of our sockets."""

    @property
    def key(self) -> Hashable: ...

    @property
    def address(self) -> tuple[str, int]: ...

    def send(self, data: bytes) -> None: ...


class RouteTable(Protocol):
    """Where a path enters and leaves itself: the mux."""

    def enter_ufrag(self, ufrag: str, path: "IcePath") -> None: ...
    def leave_ufrag(self, ufrag: str) -> None: ...
    def enter_route(self, route: Route, path: "IcePath") -> None: ...
    def leave_route(self, route: Route, path: "IcePath") -> None: ...


class IcePath:
    """See the module's text. Handshake records and media from proven addresses go to their owners."""

    def __init__(self, table: RouteTable, now: float) -> None:
        self._table = table
        self._known: dict[str, tuple[Credentials, float | None]] = {}
        self._routes: OrderedDict[Hashable, Route] = OrderedDict()
        self._inbox: deque[bytes] = deque(maxlen=MAX_INBOX)
        self._early: deque[tuple[bytes, Route]] = deque(maxlen=MAX_INBOX)
        self._transactions: OrderedDict[bytes, Hashable] = OrderedDict()
        self.route_heard = now
        self._on_record: Callable[[bytes], None] | None = None
        self._on_media: Callable[[bytes, Route], None] | None = None
        self.on_moved: Callable[[], None] = lambda: None  # called when `route` is another one than before
        # Whether a packet decrypts; it is used up then.
        self.opens: Callable[[bytes], bool] = lambda data: False
        self.route: Route | None = None
        self.closed = False
        self.last_heard = now
        self.dropped = 0
        self.credentials = Credentials.fresh()
        self._enter(self.credentials)

    # -- credentials

    def restart(self, now: float) -> Credentials:
        """New credentials (RFC 8445, section 9); the old ones stay good for a while."""
        self._known[self.credentials.ufrag] = (self.credentials, now + OLD_CREDENTIALS)
        self.credentials = Credentials.fresh()
        self._enter(self.credentials)
        for ufrag in [*self._known][:-3]:
            self._forget(ufrag)
        return self.credentials

    def forget_old(self, now: float) -> None:
        """Drop credentials whose time is over."""
        for ufrag, (_, until) in [*self._known.items()]:
            if until is not None and until < now:
                self._forget(ufrag)

    def _enter(self, credentials: Credentials) -> None:
        self._known[credentials.ufrag] = (credentials, None)
        self._table.enter_ufrag(credentials.ufrag, self)

    def _forget(self, ufrag: str) -> None:
        self._known.pop(ufrag, None)
        self._table.leave_ufrag(ufrag)

    # -- what comes in

    def check(self, request: BindingRequest, route: Route, now: float) -> str | None:
        """Judge a binding request; the password to sign the answer with, or None to stay silent."""
        known = self._known.get(request.ufrag)
        if self.closed or known is None or not request.is_authentic(known[0].password):
            return None
        if self._transactions.setdefault(request.transaction, route.key) != route.key:
            return None  # a recorded check replayed from elsewhere must not lead the media away
        while len(self._transactions) > MAX_INBOX:
            self._transactions.popitem(last=False)
        self._prove(route)
        self.last_heard = now
        if self.route is None or request.use_candidate or self._is_silent(now):
            self._move(route, now)
        elif route.key == self.route.key:
            self.route_heard = now
        return known[0].password

    def media_was_authentic(self, route: Route, now: float) -> None:
        """A packet decrypted: that is consent, and it shows where the peer is now."""
        self.last_heard = now
        if self.route is None or route.key != self.route.key:
            self._move(route, now)
        self.route_heard = now

    def may_have_moved(self, host: str, now: float) -> bool:
        """Whether the peer was on this host and is silent there."""
        if self.closed or self.route is None or now - self.route_heard < SHORT_SILENCE:
            return False
        return self.route.address[0] == host

    def adopt(self, data: bytes, route: Route) -> bool:
        """Try a packet from an unproven address; when it decrypts, the peer is there now."""
        if not self.opens(data):
            return False
        self._prove(route)
        self._move(route, self.last_heard)
        return True

    def receive(self, data: bytes, route: Route) -> None:
        """A packet from a proven address; what comes before its owner waits."""
        first = data[0]
        if 20 <= first <= 63:
            if self.closed:  # the record waited in the backlog for longer than its peer stayed
                self.dropped += 1
            elif self._on_record is not None:
                self._on_record(data)
            else:
                self.dropped += len(self._inbox) == MAX_INBOX
                self._inbox.append(data)
        elif 128 <= first <= 191:
            if self._on_media is not None:
                self._on_media(data, route)
            else:
                self.dropped += len(self._early) == MAX_INBOX
                self._early.append((data, route))
        else:
            self.dropped += 1

    def deliver_records_to(self, owner: Callable[[bytes], None]) -> None:
        """From now on handshake records go to `owner`; a browser may begin before its description is here."""
        self._on_record = owner
        while self._inbox:
            owner(self._inbox.popleft())

    def deliver_media_to(self, owner: Callable[[bytes, Route], None]) -> None:
        """From now on media goes to `owner`; what came before the keys (a key frame, say) comes first."""
        self._on_media = owner
        while self._early:
            owner(*self._early.popleft())

    def _is_silent(self, now: float) -> bool:
        return now - self.route_heard > SILENT_ROUTE

    def _prove(self, route: Route) -> None:
        if route.key in self._routes:
            return
        self._routes[route.key] = route
        self._table.enter_route(route, self)
        if len(self._routes) > MAX_ROUTES:
            current = self.route.key if self.route is not None else None
            oldest = next(key for key in self._routes if key != current)
            self._table.leave_route(self._routes.pop(oldest), self)

    def _move(self, route: Route, now: float) -> None:
        moved = self.route is None or self.route.key != route.key
        self.route = route
        self.route_heard = now
        if moved:
            self.on_moved()

    def route_gone(self, route: Route) -> None:
        """A connection under us ended (ICE-TCP)."""
        self._routes.pop(route.key, None)
        self._table.leave_route(route, self)
        if self.route is not None and self.route.key == route.key:
            self.route = next(reversed(self._routes.values()), None)
            self.on_moved()

    # -- what goes out

    def send(self, data: bytes) -> None:
        """Send to where the peer was last proven to be; nowhere is a drop."""
        if self.route is None or self.closed:
            self.dropped += 1
            return
        self.route.send(data)

    # -- end

    def has_consent(self, now: float) -> bool:
        """Anything authentic in the last 25 s, STUN or media."""
        return now - self.last_heard < CONSENT

    def close(self) -> None:
        """Leave the mux."""
        if self.closed:
            return
        self.closed = True
        for ufrag in [*self._known]:
            self._forget(ufrag)
        for route in self._routes.values():
            self._table.leave_route(route, self)
        self._routes.clear()
        self._inbox.clear()
