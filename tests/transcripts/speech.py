"""Spoken sentences for tests: flite reads them, libopus encodes them, and they become a track file."""

import subprocess
import wave
from collections.abc import Iterable, Iterator
from pathlib import Path

import av
import numpy as np

from recordings.units import Codec, Flags, Kind, Unit, control
from transcripts.engines.interface import RATE

Samples = np.ndarray[tuple[int], np.dtype[np.int16]]
SENTENCES = [
    "the road to our village has been broken for three months",
    "when will the county repair the street lights",
    "we will send a team to look at the road next week",
    "please tell us how much the new water supply will cost",
]
PACKET = 960
T0 = 1000.0


def silence(seconds: float) -> Samples:
    """A quiet room: a recogniser's levels do not like digital zero."""
    return (np.random.default_rng(1).standard_normal(int(seconds * RATE)) * 15).astype(np.int16)


def say(text: str, folder: Path, voice: str = "slt") -> Samples:
    """`text` as flite speaks it, 16 kHz, without the silence around it."""
    path = folder / "said.wav"
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels()) == (RATE, 1)
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    loud = np.nonzero(np.abs(samples) > 150)[0]
    return samples[loud[0] : loud[-1]]


def talk(
    folder: Path, sentences: Iterable[str], pause: float = 1.2
) -> tuple[Samples, list[tuple[float, float]]]:
    """Sentences with pauses between them, and when each begins and ends in seconds."""
    parts: list[Samples] = [silence(pause)]
    times: list[tuple[float, float]] = []
    at = pause
    for sentence in sentences:
        said = say(sentence, folder)
        times.append((at, at + len(said) / RATE))
        parts += [said, silence(pause)]
        at += len(said) / RATE + pause
    return np.concatenate(parts), times


def opus_packets(samples: Samples, rate: int = RATE) -> list[bytes]:
    """20 ms packets of mono speech at 32 kbps."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format, encoder.bit_rate = 48_000, "mono", "s16", 32_000
    encoder.options = {"application": "voip", "frame_duration": "20"}
    resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000, frame_size=PACKET)
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), "s16", "mono")
    frame.sample_rate = rate
    encoded = [packet for out in resampler.resample(frame) for packet in encoder.encode(out)]
    return [bytes(packet) for packet in encoded]


def header(participant: str, number: int = 0) -> bytes:
    return control(format=1, participant=participant, kind="audio", n=number, t0=T0, wall0=1.79e9).pack()


def audio_unit(
    participant: str, packet: bytes, index: int, begin_ms: float, first: int = 4294960000
) -> bytes:
    """The `index`th packet; timestamps begin shortly before they wrap."""
    timestamp = (first + index * PACKET) & 0xFFFFFFFF
    arrival = T0 + begin_ms / 1000 + index * 0.02
    return Unit(Kind.AUDIO, participant, Codec.OPUS, Flags.NONE, timestamp, arrival, packet).pack()


def track(participant: str, packets: list[bytes], begin_ms: float = 0.0) -> Iterator[bytes]:
    """A whole track file, unit by unit, without its end."""
    yield header(participant)
    for index, packet in enumerate(packets):
        yield audio_unit(participant, packet, index, begin_ms)


def word_errors(wanted: str, heard: str) -> float:
    """Word error rate: the edit distance of words over their number."""
    want, have = wanted.lower().split(), heard.lower().split()
    row = list(range(len(have) + 1))
    for i, word in enumerate(want, 1):
        previous, row[0] = row[0], i
        for j, other in enumerate(have, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (word != other))
    return row[-1] / len(want)
