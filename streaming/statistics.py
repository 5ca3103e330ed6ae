"""What a room can tell of itself, JSON-able.

`{viewers, publishers: [{participant, slot, connected, sending, streams: [...]}], slots: {name: ...},
receivers: [{viewer, loss, resent, ...}] (fifty at most), audience: `Audience.statistics`,
fanout: {engine, viewers: {gso, sendmmsg, plain}, sent, ...}, dropped: {...}}`. Rates in bits a second since
the stream began, jitter in milliseconds, loss as a fraction of the last report interval.
"""

import time
from dataclasses import asdict
from typing import Any

from streaming.audience import LISTED
from streaming.ingest import IncomingStream
from streaming.mux import Mux
from streaming.publisher import Publisher
from streaming.room import Room
from streaming.viewer import Viewer


def room_statistics(room: Room, mux: Mux) -> dict[str, Any]:
    """The present moment of a room."""
    now = time.monotonic()
    return {
        "viewers": sum(viewer.connected for viewer in room.viewers.values()),
        "publishers": [_publisher(room, publisher, now) for publisher in room.publishers.values()],
        "slots": {
            slot.name: {"participant": slot.participant, "live": slot.live, "held": slot.held}
            for slot in room.stage.slots.values()
        },
        "receivers": [_viewer(viewer) for viewer in [*room.viewers.values()][:LISTED]],
        "audience": room.audience.statistics(),
        "fanout": {
            "engine": room.stage.fanout.engine,
            "viewers": room.stage.fanout.ways(),
            **asdict(room.stage.fanout.counters),
        },
        "frames": room.listeners.frames,
        "dropped": {
            "unknown_address": mux.counters.unknown_address,
            "refused_stun": mux.counters.refused_stun,
            "send_blocked": mux.counters.send_blocked,
            "send_failed": mux.counters.send_failed,
            "handshakes": mux.backlog.dropped,
            "tcp": mux.tcp.counters.dropped,
        },
    }


def room_figures(room: Room) -> dict[str, Any]:
    """Few numbers for a meter: `Audience.figures`, and `publishers` and `packets` by what became of them."""
    counters = asdict(room.stage.fanout.counters)
    resent = sum(viewer.resent for viewer in room.viewers.values())
    connected = sum(publisher.connected for publisher in room.publishers.values())
    return {**room.audience.figures(), "publishers": connected, "packets": counters | {"resent": resent}}


def _publisher(room: Room, publisher: Publisher, now: float) -> dict[str, Any]:
    slot = room.stage.slot_of(publisher.participant)
    return {
        "participant": publisher.participant,
        "peer": publisher.id,
        "slot": slot.name if slot is not None else None,
        "connected": publisher.connected,
        "sending": publisher.is_sending(now),
        "forged": publisher.counters.forged,
        "unreadable": publisher.counters.unreadable,
        "streams": [
            _stream(stream, max(now - publisher.created, 1)) for stream in publisher.streams.values()
        ],
    }


def _stream(stream: IncomingStream, seconds: float) -> dict[str, Any]:
    counters = stream.counters
    return {
        "kind": stream.kind,
        "layer": stream.layer,
        "codec": stream.codec,
        "packets": counters.packets,
        "bitrate": round(8 * counters.octets / seconds),
        "keys": counters.keys,
        "lost": stream.lost,
        "repaired": counters.repaired,
        "duplicates": counters.duplicates,
        "nacks": counters.nacks,
        "gave_up": stream.missing.gave_up,
        "jitter_ms": round(1_000 * stream.jitter, 1),
    }


def _viewer(viewer: Viewer) -> dict[str, Any]:
    return {
        "viewer": viewer.name,
        "connected": viewer.connected,
        "codecs": sorted(viewer.codecs),
        "loss": max((report.fraction for report in viewer.reception.values()), default=0.0),
        "bandwidth": viewer.bandwidth,
        "round_trip_ms": None if viewer.round_trip is None else round(1_000 * viewer.round_trip),
        "rung": viewer.ladder.rung,
        "noise": round(viewer.ladder.noise, 3),
        "steps": viewer.ladder.steps,
        "picture": viewer.picture,
        "resent": viewer.resent,
        "resend_refused": viewer.refused_resends,
        "key_requests": viewer.key_requests,
        "unsendable": viewer.counters.unsendable,
        "forged": viewer.counters.forged,
        "path_dropped": viewer.path.dropped + viewer.link.refused,
    }
