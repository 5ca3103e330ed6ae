"""`/metrics`: figures of this process and of every media process, for Prometheus.

Raw ASGI like /healthz. Media processes leave their figures in presence; one web process is enough to read them all.
Who may ask: the bearer of METRICS_TOKEN, or without a token this machine itself.
"""

import ipaddress
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from redis.exceptions import RedisError

from signaling import parts
from signaling.parts import Parts
from signaling.watched import Villages

Figures = dict[str, dict[str, Any]]  # media process → session → figures
GAUGES = {
    "loss": ("direct_train_loss_ratio", "Mean loss that viewers reported last, 0 to 1"),
    "round_trip": ("direct_train_round_trip_seconds", "Median round trip to viewers"),
    "bitrate": ("direct_train_sent_bits_per_second", "On its way to all viewers together"),
    "publishers": ("direct_train_publishers", "Connected publishers"),
}


class Snapshot:
    """A collector of what was read just before."""

    def __init__(self, figures: Figures, watched: dict[str, Villages], now: Parts) -> None:
        self._figures = figures
        self._watched = watched
        self._parts = now

    def collect(self) -> Iterator[Metric]:
        """Every family, also those without a sample: a graph then shows nothing, not an error."""
        yield from self._sessions()
        yield from self._villages()
        sockets = GaugeMetricFamily("direct_train_sockets", "Open pages on this process", labels=["session"])
        for session in self._parts.hub.sessions():
            sockets.add_metric([str(session)], len(self._parts.hub.members(session)))
        yield sockets
        hub, carrier = self._parts.hub, self._parts.carrier
        yield CounterMetricFamily(
            "direct_train_announcements", "Put into pages' outboxes", value=hub.delivered
        )
        yield CounterMetricFamily(
            "direct_train_announcements_lost", "Fell off before they left", value=carrier.lost
        )

    def _each(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for worker, sessions in self._figures.items():
            for session, found in sessions.items():
                yield worker, session, found

    def _sessions(self) -> Iterator[Metric]:
        names = ["worker", "session"]
        viewers = GaugeMetricFamily("direct_train_viewers", "By what they get", labels=[*names, "step"])
        packets = CounterMetricFamily(
            "direct_train_packets", "To viewers, by what became of them", labels=[*names, "end"]
        )
        gauges = {key: GaugeMetricFamily(*words, labels=names) for key, words in GAUGES.items()}
        for worker, session, found in self._each():
            for step, count in found["steps"].items():
                viewers.add_metric([worker, session, step], count)
            for end, count in found["packets"].items():
                packets.add_metric([worker, session, end], count)
            for key, gauge in gauges.items():
                if found[key] is not None:
                    gauge.add_metric([worker, session], found[key])
        yield from (viewers, packets, *gauges.values())

    def _villages(self) -> Iterator[Metric]:
        labels = ["worker", "session", "village", "experience"]
        seconds = CounterMetricFamily(
            "direct_train_watched_seconds", "Picture, sound or nothing", labels=labels
        )
        for worker, session, found in self._each():
            for row in found["labels"]:
                for experience in ("picture", "sound", "nothing"):
                    seconds.add_metric([worker, session, row["label"], experience], row[experience])
        for session, villages in self._watched.items():
            for village, seen in villages.items():
                for experience in ("picture", "sound"):
                    seconds.add_metric(["hls", session, village, experience], seen[experience])
        yield seconds


def may_ask(scope: Any) -> bool:
    headers = {name.lower(): value for name, value in scope["headers"]}
    if settings.METRICS_TOKEN:
        shown = headers.get(b"authorization", b"").decode("latin-1")
        return constant_time_compare(shown, f"Bearer {settings.METRICS_TOKEN}")
    if b"x-forwarded-for" in headers or b"forwarded" in headers:
        return False  # our own proxy is on this machine, who asked it is not
    try:
        return ipaddress.ip_address((scope.get("client") or ("",))[0]).is_loopback
    except ValueError:
        return False


async def application(scope: Any, receive: Any, send: Any) -> None:
    if not may_ask(scope):
        await _respond(send, HTTPStatus.NOT_FOUND, "text/plain", b"")
        return
    now = parts.current()
    try:
        figures = await now.presence.figures()
        sessions = {int(session) for found in figures.values() for session in found} | {*now.hub.sessions()}
        watched = {str(one): (await now.presence.sockets(one)).watched for one in sorted(sessions)}
    except (RedisError, OSError):
        await _respond(send, HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", b"presence is away\n")
        return
    registry = CollectorRegistry()
    registry.register(Snapshot(figures, watched, now))
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    headers = dict(scope["headers"])
    encoder, kind = choose_encoder(headers.get(b"accept", b"").decode("latin-1"))
    await _respond(send, HTTPStatus.OK, kind, encoder(registry))


async def _respond(send: Any, status: HTTPStatus, kind: str, body: bytes) -> None:
    headers = [(b"content-type", kind.encode()), (b"cache-control", b"no-store")]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})
