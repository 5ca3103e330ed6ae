"""GStreamer's webrtcbin as an encoder (`send URL KEY SECONDS`) or a player (`play URL BUFFERS`).

Runs under Debian's own Python, which has the bindings; it shares nothing with the project. Prints one JSON line.
"""

import json
import sys
import time
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import gi  # type: ignore[import-not-found]

for name in ("Gst", "GstWebRTC", "GstSdp"):
    gi.require_version(name, "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # type: ignore[import-not-found]  # noqa: E402

SEND = """webrtcbin name=peer bundle-policy=max-bundle
 audiotestsrc is-live=true ! audioconvert ! opusenc ! rtpopuspay pt=97 ! peer.
 videotestsrc is-live=true ! video/x-raw,width=320,height=180,framerate=15/1 !
 x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 !
 video/x-h264,profile=constrained-baseline ! rtph264pay pt=98 config-interval=-1 aggregate-mode=zero-latency !
 application/x-rtp,media=video,encoding-name=H264,payload=98
 ! peer."""
WANTED = {
    "audio": "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=97",
    "video": "application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,payload=98,"
    "packetization-mode=(string)1,profile-level-id=(string)42e01f",
}
DECODE = {"audio": "rtpopusdepay ! opusdec", "video": "rtph264depay ! avdec_h264"}


def described(kind: Any, text: bytes) -> Any:
    """A session description of our own making."""
    _, message = GstSdp.SDPMessage.new()
    GstSdp.sdp_message_parse_buffer(text, message)
    return GstWebRTC.WebRTCSessionDescription.new(kind, message)


class Peer:
    """One webrtcbin, from the offer to the answer and on."""

    def __init__(self, pipeline: Any, url: str, key: str = "") -> None:
        self.url, self.key = url, key
        self.pipeline = pipeline
        self.bin = pipeline.get_by_name("peer")
        self.loop = GLib.MainLoop()
        self.decoded: dict[str, int] = {}
        self.place = ""
        self.bin.connect("on-negotiation-needed", self.negotiate)
        self.bin.connect("notify::ice-gathering-state", self.gathered)
        self.bin.connect("pad-added", self.receive)
        bus = pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", self.failed)

    def negotiate(self, _bin: Any) -> None:
        self.bin.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offered))

    def offered(self, promise: Any) -> None:
        reply = promise.get_reply()  # owns what is in it: without a name it would be freed below us
        text = reply.get_value("offer").sdp.as_text()
        offer = described(GstWebRTC.WebRTCSDPType.OFFER, text.encode())
        self.bin.emit("set-local-description", offer, Gst.Promise.new())

    def gathered(self, *_: object) -> None:
        if self.bin.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            GLib.idle_add(self.exchange)

    def exchange(self) -> bool:
        if self.place:
            return False
        sdp = self.bin.get_property("local-description").sdp.as_text()
        with self.request("POST", self.url, sdp.encode(), "application/sdp") as answer:
            self.place = urljoin(self.url, answer.headers["Location"])
            text = answer.read()
        found = described(GstWebRTC.WebRTCSDPType.ANSWER, text)
        self.bin.emit("set-remote-description", found, Gst.Promise.new())
        return False

    def request(self, method: str, url: str, body: bytes | None = None, kind: str = "") -> Any:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        if kind:
            headers["Content-Type"] = kind
        made = urllib.request.Request(url, body, headers, method=method)
        return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(made, timeout=10)

    def receive(self, _bin: Any, pad: Any) -> None:
        if pad.direction != Gst.PadDirection.SRC:
            return
        kind = pad.get_current_caps().get_structure(0).get_string("media")
        made = Gst.parse_bin_from_description(
            f"{DECODE[kind]} ! fakesink name=end sync=false signal-handoffs=true", True
        )
        made.get_by_name("end").connect("handoff", self.count, kind)
        self.pipeline.add(made)
        made.sync_state_with_parent()
        pad.link(made.get_static_pad("sink"))

    def count(self, _sink: Any, _buffer: Any, _pad: Any, kind: str) -> None:
        self.decoded[kind] = self.decoded.get(kind, 0) + 1

    def failed(self, _bus: Any, message: Any) -> None:
        sys.stderr.write(f"{message.parse_error()}\n")
        self.loop.quit()

    def run(self, done: Callable[[], bool], seconds: float) -> None:
        """Until `done()` or the time is over; then DELETE."""
        until = time.monotonic() + seconds
        GLib.timeout_add(100, lambda: True if time.monotonic() < until and not done() else self.loop.quit())
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        state = self.bin.get_property("connection-state").value_nick
        status = self.request("DELETE", self.place).status if self.place else 0
        self.pipeline.set_state(Gst.State.NULL)
        found = {"state": state, "deleted": status, "decoded": self.decoded}
        sys.stdout.write(json.dumps(found) + "\n")


def play(url: str, buffers: int) -> None:
    pipeline = Gst.Pipeline()
    webrtc = Gst.ElementFactory.make("webrtcbin", "peer")
    webrtc.set_property("bundle-policy", "max-bundle")
    pipeline.add(webrtc)
    peer = Peer(pipeline, url)
    for caps in WANTED.values():
        webrtc.emit(
            "add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, Gst.Caps.from_string(caps)
        )
    peer.run(lambda: len(peer.decoded) == 2 and min(peer.decoded.values()) >= buffers, 40)


if __name__ == "__main__":
    Gst.init(None)
    if sys.argv[1] == "send":
        encoder = Peer(Gst.parse_launch(SEND), sys.argv[2], sys.argv[3])
        encoder.run(lambda: False, float(sys.argv[4]))
    else:
        play(sys.argv[2], int(sys.argv[3]))
