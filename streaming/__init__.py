"""A live forwarder in plain Python: WebRTC in, the same packets out to every viewer. README.md shows a broadcaster.

Begin with `streaming.worker.MediaWorker`; `streaming.commands` and `streaming.sinks` are its promises to both sides.
"""
