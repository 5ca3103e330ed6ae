"""One engine in a process of its own: `python -m transcripts.engines.process '<spec as JSON>' [--probe]`.

Sound comes in on standard input and results go out on standard output, framed by
`transcripts.engines.frames`. With `--probe` it loads the model, listens to a second of silence and ends
with 0: models that end the process or hang it are found out here, by a parent that looks at the exit code.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from streaming.priority import run_as_usual
from transcripts.engines.frames import EngineFrame, Kind, pack_result, read_frame
from transcripts.engines.interface import BYTES_PER_MS, Engine, EngineSpec, Recogniser


def _sphinx(spec: EngineSpec) -> Engine:
    from transcripts.engines.sphinx import SphinxEngine

    return SphinxEngine()


def _sherpa_live(spec: EngineSpec) -> Engine:
    from transcripts.engines.sherpa import SherpaLiveEngine

    return SherpaLiveEngine(spec.kind, Path(spec.model))


def _sherpa_final(spec: EngineSpec) -> Engine:
    from transcripts.engines.sherpa import SherpaFinalEngine

    # Nobody waits for the second hearing.
    run_as_usual()
    return SherpaFinalEngine(spec.kind, Path(spec.model))


BUILDERS: dict[str, Callable[[EngineSpec], Engine]] = {
    "pocketsphinx": _sphinx,
    "zipformer2-ctc": _sherpa_live,
    "transducer": _sherpa_live,
    "sense-voice": _sherpa_final,
    "paraformer": _sherpa_final,
    "zipformer-ctc": _sherpa_final,
}


def build(spec: EngineSpec) -> Engine:
    """The engine of `spec`; ValueError for an unknown kind."""
    if spec.kind not in BUILDERS:
        raise ValueError(f"unknown engine {spec.kind!r}: expected one of {', '.join(BUILDERS)}")
    return BUILDERS[spec.kind](spec)


def probe(engine: Engine) -> Recogniser:
    """A recogniser that has shown that it listens."""
    recogniser = engine.open()
    recogniser.accept(bytes(1000 * BYTES_PER_MS), 0.0)
    recogniser.flush()
    return recogniser


def serve(engine: Engine, incoming: BinaryIO, outgoing: BinaryIO, spare: Recogniser | None = None) -> None:
    """Answer frames until the pipe ends. A track's recogniser is made at its first frame; the first track gets
    `spare`.
    """
    recognisers: dict[int, Recogniser] = {}
    ready = json.dumps({"name": engine.name, "language": engine.language}).encode()
    _send(outgoing, EngineFrame(Kind.READY, data=ready))
    while (frame := read_frame(incoming)) is not None:
        if frame.kind == Kind.CLOSE:
            recognisers.pop(frame.track, None)
            continue
        recogniser = recognisers.get(frame.track)
        if recogniser is None:
            recogniser, spare = spare or engine.open(), None
            recognisers[frame.track] = recogniser
        if frame.kind == Kind.AUDIO:
            results = recogniser.accept(frame.data, frame.begin_ms)
        else:
            results = recogniser.flush()
        for result in results:
            outgoing.write(pack_result(frame.track, result).pack())
        _send(outgoing, EngineFrame(Kind.TAKEN, frame.track, frame.begin_ms))


def _send(outgoing: BinaryIO, frame: EngineFrame) -> None:
    outgoing.write(frame.pack())
    outgoing.flush()


def main() -> None:
    # An interrupt of the terminal goes to the scribe; this process leaves when its pipe ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Whatever a C library prints must not land between the frames.
    outgoing = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    engine = build(EngineSpec(**json.loads(sys.argv[1])))
    if "--probe" in sys.argv[2:]:
        probe(engine)
        return
    try:
        # A warm recogniser: the first words do not wait for the model file.
        serve(engine, sys.stdin.buffer, outgoing, spare=probe(engine))
    except BrokenPipeError:
        # The scribe is gone; nobody is left to tell.
        os._exit(0)


if __name__ == "__main__":
    main()
