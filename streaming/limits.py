"""How often something may happen. Pure."""

KEY_INTERVAL = 0.5  # s between two key frame requests to one publisher
KEY_PATIENCE = 2.0  # s between them after five that brought nothing


class TokenBucket:
    """`rate` events a second in the long run, `burst` at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = burst, float("-inf")

    def take(self, now: float) -> bool:
        """Use one token; False when there is none."""
        if self._at > float("-inf"):
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class KeyWish:
    """A key frame is wanted until one came; asking is throttled, for every one is a burst to all viewers."""

    def __init__(self) -> None:
        self._wanted = False
        self._asked = float("-inf")
        self._tries = 0

    def wish(self) -> None:
        """Somebody cannot go on without a key frame."""
        self._wanted = True

    def fulfilled(self) -> None:
        """A key frame came."""
        self._wanted, self._tries = False, 0

    def due(self, now: float) -> bool:
        """Whether to ask the publisher now; counts as asked."""
        pause = KEY_INTERVAL if self._tries < 5 else KEY_PATIENCE
        if not self._wanted or now - self._asked < pause:
            return False
        self._asked = now
        self._tries += 1
        return True


class ResendGuard:
    """Which retransmissions a viewer gets: none of the same packet within 80 ms, and not too many in all.

    Without it one viewer on a narrow line drew 18,000 retransmissions in eight seconds.
    """

    PAUSE = 0.080  # s
    MAX_NOTED = 2_000

    def __init__(self, rate: float, burst: float) -> None:
        self._bucket = TokenBucket(rate, burst)
        self._sent: dict[int, float] = {}
        self.refused = 0

    def has_sent(self, sequence: int) -> bool:
        """Whether packet `sequence` was sent again before."""
        return sequence in self._sent

    def limit(self, rate: float, burst: float) -> None:
        """Other numbers a second and at once from now on."""
        self._bucket = TokenBucket(rate, burst)

    def allows(self, sequence: int, now: float) -> bool:
        """Whether packet `sequence` may be sent again now; counts as sent."""
        if now - self._sent.get(sequence, float("-inf")) < self.PAUSE or not self._bucket.take(now):
            self.refused += 1
            return False
        self._sent.pop(sequence, None)
        self._sent[sequence] = now
        if len(self._sent) > self.MAX_NOTED:
            del self._sent[next(iter(self._sent))]
        return True
