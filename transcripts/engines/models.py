"""Which speech models the operator has put in place. Nothing is fetched at run time.

A model is a folder with `tokens.txt` and ONNX files as sherpa-onnx publishes them, either the directory of
the setting SPEECH_MODEL_DIR itself or one of its folders. What a file holds is read from the ONNX metadata,
not from its name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from transcripts.engines.interface import EngineSpec

# Fields of ONNX's ModelProto and StringStringEntryProto.
_METADATA_PROPS = 14
_KEY, _VALUE = 1, 2
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_ENTRY = 1 << 20

LIVE_KINDS = {"zipformer2": "zipformer2-ctc", "lstm": "transducer"}
FINAL_KINDS = {
    "sense_voice_ctc": "sense-voice",
    "paraformer": "paraformer",
    "zipformer2_ctc": "zipformer-ctc",
}


@dataclass(frozen=True, slots=True)
class SpeechModels:
    """The model for captions during a broadcast and the one for the pass after it, each None when not
    installed.
    """

    live: EngineSpec | None = None
    final: EngineSpec | None = None


def _varint(data: BinaryIO) -> int | None:
    value = shift = 0
    while byte := data.read(1):
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
        shift += 7
        if shift > 63:
            return None
    return None


def _fields(data: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Length-delimited fields of a protobuf message; long ones (weights) are skipped, not read. Ends at
    nonsense.
    """
    while (tag := _varint(data)) is not None:
        field, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            _varint(data)
        elif wire in (_FIXED64, _FIXED32):
            data.seek(8 if wire == _FIXED64 else 4, 1)
        elif wire == _BYTES:
            length = _varint(data)
            if length is None:
                return
            if length > _LONGEST_ENTRY or field not in (_METADATA_PROPS, _KEY, _VALUE):
                data.seek(length, 1)
            else:
                yield field, data.read(length)
        else:
            return


def metadata(path: Path) -> dict[str, str]:
    """The metadata of an ONNX file; empty when it has none or is no ONNX file."""
    from io import BytesIO

    found = {}
    with path.open("rb") as file:
        for field, entry in _fields(file):
            if field == _METADATA_PROPS:
                pair = dict(_fields(BytesIO(entry)))
                key, value = pair.get(_KEY, b""), pair.get(_VALUE, b"")
                found[key.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
    return found


def pick(folder: Path, part: str) -> Path | None:
    """The file of `folder` for `part` ("encoder", "model", …): the int8 one when there are two, it is
    faster.
    """
    found = (file for file in folder.glob("*.onnx") if part in file.name)
    files = sorted(found, key=lambda file: ("int8" not in file.name, file.name))
    return files[0] if files else None


def _spec(folder: Path) -> tuple[bool, EngineSpec] | None:
    """(is it for live captions, the engine) of one folder; None when it holds no model we can use."""
    encoder = pick(folder, "encoder")
    file = encoder or pick(folder, "model") or pick(folder, "")
    if file is None or not (folder / "tokens.txt").is_file():
        return None
    about = metadata(file)
    streaming = "decode_chunk_len" in about
    if encoder is not None:
        complete = pick(folder, "decoder") and pick(folder, "joiner")
        kind = "transducer" if streaming and complete else None
    elif streaming:
        kind = LIVE_KINDS.get(about.get("model_type", ""))
    else:
        kind = FINAL_KINDS.get(about.get("model_type", ""))
    if kind is None:
        return None
    return streaming, EngineSpec(kind, f"sherpa-{kind}", "zh", str(folder))


def find_models(directory: Path | None) -> SpeechModels:
    """The first usable live model and the first usable final model below `directory`, in order of their
    names.
    """
    if directory is None or not directory.is_dir():
        return SpeechModels()
    folders = [directory, *sorted(path for path in directory.iterdir() if path.is_dir())]
    found = [spec for folder in folders if (spec := _spec(folder))]
    live = next((spec for streaming, spec in found if streaming), None)
    final = next((spec for streaming, spec in found if not streaming), None)
    return SpeechModels(live, final)


BUILT_IN = EngineSpec("pocketsphinx", "pocketsphinx", "en")
