"""How often somebody may try something: counted in the cache, in windows that begin with the first try.

For what costs money (messages) or gives a guesser another chance (codes). The cache is shared by all processes
where there is Redis; without it every process counts for itself. A cache that is down lets people through: the
limits kept in the database still hold.
"""

import logging
import math
import time
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from portal.lib.errors import TryLater

log = logging.getLogger(__name__)


class RateLimited(TryLater):
    code = "rate_limited"


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `limit` counted tries of one person, number or address in each window of `seconds`."""

    name: str
    limit: int
    seconds: int

    def _key(self, who: str) -> str:
        # Hashed: addresses and numbers are not for reading in a cache.
        return f"pace.{self.name}." + salted_hmac("lib.pace", who, algorithm="sha256").hexdigest()

    def check(self, who: str) -> None:
        """Raises `RateLimited` with the seconds until the window ends when `who` has used it up."""
        key = self._key(who)
        try:
            used, until = cache.get(key, 0), cache.get(f"{key}.until", 0.0)
        except RedisError:
            log.exception("the cache does not answer: %s is not limited", self.name)
            return
        if used >= self.limit:
            wait = max(1, math.ceil(until - time.time()))
            words = _("尝试次数过多，请约%(minutes)d分钟后再试。") % {"minutes": -(-wait // 60)}
            raise RateLimited(words, seconds=wait)

    def count(self, who: str) -> None:
        key = self._key(who)
        try:
            if cache.add(key, 0, self.seconds):
                cache.set(f"{key}.until", time.time() + self.seconds, self.seconds)
            cache.incr(key)
        except RedisError:
            log.exception("the cache does not answer: %s is not counted", self.name)
        except ValueError:
            # Dropped between the two lines by a cache that is full: one try is not counted.
            log.warning("a count of %s was dropped by the cache", self.name)

    def forget(self, who: str) -> None:
        """What was tried in this window is forgiven: the last one was right."""
        try:
            cache.delete(self._key(who))
        except RedisError:
            log.exception("the cache does not answer: %s is not forgiven", self.name)
