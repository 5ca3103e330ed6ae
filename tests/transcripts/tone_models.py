"""The smallest models that the real sherpa-onnx classes load and run: a sine in mel band k is token k.

They know ten tokens and need a few kilobytes; what they say about a row of tones is exact, words and times.
"""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TOKENS = ["<blk>", "县", "长", "您", "好", "请", "问", "路", "灯", "修"]
VOCABULARY = len(TOKENS)
RATE = 16_000
MELS = 80
# Frames a streaming model takes and uses at once; four frames become one output.
TAKES, USES = 20, 16
_BLANK_ABOVE = 18.0  # sense-voice takes samples of int16 size: its log-mel energies are that much higher


def _mel_centres(low: float = 20.0, high: float = 7600.0) -> list[float]:
    def mel(hertz: float) -> float:
        return float(1127 * np.log(1 + hertz / 700))

    step = (mel(high) - mel(low)) / (MELS + 1)
    return [700 * (float(np.exp((mel(low) + (band + 1) * step) / 1127)) - 1) for band in range(MELS)]


BANDS = [18 + 7 * index for index in range(VOCABULARY - 1)]
HERTZ = [_mel_centres()[band] for band in BANDS]

Array = np.ndarray[Any, Any]


def _weights(size: int, offset: int, threshold: float) -> tuple[Array, Array]:
    """Energy of each band above `threshold` beats the blank."""
    weight, bias = np.zeros((size, VOCABULARY), np.float32), np.zeros(VOCABULARY, np.float32)
    for index, band in enumerate(BANDS):
        weight[offset + band, index + 1] = 1
        bias[index + 1] = -threshold
    return weight, bias


def _tensor(name: str, kind: int, shape: list[int | str]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def _save(
    path: Path,
    nodes: list[onnx.NodeProto],
    inputs: list[onnx.ValueInfoProto],
    outputs: list[onnx.ValueInfoProto],
    constants: dict[str, Array],
    about: dict[str, Any],
) -> None:
    initial = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "tones", inputs, outputs, initial)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    for key, value in about.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, str(value)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _write_tokens(folder: Path, tokens: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{token} {index}\n" for index, token in enumerate(tokens))
    (folder / "tokens.txt").write_text(lines, encoding="utf-8")


def _frontend() -> tuple[list[onnx.NodeProto], dict[str, Array]]:
    """x (N, TAKES, 80) → y1 (N, 4, tokens): means over four frames, then the weights."""
    weight, bias = _weights(MELS, 0, 1.0)
    constants = {
        "shape": np.array([0, 4, 4, MELS], np.int64),
        "from": np.array([0], np.int64),
        "to": np.array([USES], np.int64),
        "axis": np.array([1], np.int64),
        "weight": weight,
        "bias": bias,
    }
    nodes = [
        helper.make_node("Slice", ["x", "from", "to", "axis"], ["used"]),
        helper.make_node("Reshape", ["used", "shape"], ["fours"]),
        helper.make_node("ReduceMean", ["fours"], ["means"], axes=[2], keepdims=0),
        helper.make_node("MatMul", ["means", "weight"], ["y0"]),
        helper.make_node("Add", ["y0", "bias"], ["y1"]),
    ]
    return nodes, constants


def zipformer2_ctc(folder: Path) -> None:
    """A streaming Zipformer2-CTC model with the seven kinds of state it is asked for."""
    _write_tokens(folder, TOKENS)
    nodes, constants = _frontend()
    nodes.append(helper.make_node("LogSoftmax", ["y1"], ["log_probs"], axis=-1))
    inputs = [_tensor("x", TensorProto.FLOAT, ["N", TAKES, MELS])]
    outputs = [_tensor("log_probs", TensorProto.FLOAT, ["N", 4, VOCABULARY])]
    states: list[tuple[str, int, list[int | str]]] = [
        ("cached_key_0", TensorProto.FLOAT, [2, "N", 4]),
        ("cached_nonlin_attn_0", TensorProto.FLOAT, [1, "N", 2, 3]),
        ("cached_val1_0", TensorProto.FLOAT, [2, "N", 4]),
        ("cached_val2_0", TensorProto.FLOAT, [2, "N", 4]),
        ("cached_conv1_0", TensorProto.FLOAT, ["N", 4, 1]),
        ("cached_conv2_0", TensorProto.FLOAT, ["N", 4, 1]),
        ("embed_states", TensorProto.FLOAT, ["N", 128, 3, 19]),
        ("processed_lens", TensorProto.INT64, ["N"]),
    ]
    for name, kind, shape in states:
        inputs.append(_tensor(name, kind, shape))
        outputs.append(_tensor(f"new_{name}", kind, shape))
        nodes.append(helper.make_node("Identity", [name], [f"new_{name}"]))
    about = {"model_type": "zipformer2", "encoder_dims": 4, "query_head_dims": 4, "value_head_dims": 4}
    about |= {"num_heads": 1, "num_encoder_layers": 1, "cnn_module_kernels": 3, "left_context_len": 2}
    about |= {"T": TAKES, "decode_chunk_len": USES}
    _save(folder / "model.onnx", nodes, inputs, outputs, constants, about)


def transducer(folder: Path) -> None:
    """A streaming transducer in three files; its decoder forbids the same token twice in a row."""
    _write_tokens(folder, TOKENS)
    state = ["h", "c"]
    nodes, constants = _frontend()
    nodes += [helper.make_node("Identity", ["y1"], ["encoder_out"])]
    nodes += [helper.make_node("Identity", [name], [f"new_{name}"]) for name in state]
    shape: list[int | str] = [1, "N", 4]
    inputs = [_tensor("x", TensorProto.FLOAT, ["N", TAKES, MELS])]
    inputs += [_tensor(name, TensorProto.FLOAT, shape) for name in state]
    outputs = [_tensor("encoder_out", TensorProto.FLOAT, ["N", 4, VOCABULARY])]
    outputs += [_tensor(f"new_{name}", TensorProto.FLOAT, shape) for name in state]
    about = {"model_type": "lstm", "num_encoder_layers": 1, "T": TAKES, "decode_chunk_len": USES}
    about |= {"rnn_hidden_size": 4, "d_model": 4}
    _save(folder / "encoder.onnx", nodes, inputs, outputs, constants, about)

    again = -100 * np.eye(VOCABULARY, dtype=np.float32)
    again[0, 0] = 0
    nodes = [
        helper.make_node("Gather", ["y", "one"], ["last"], axis=1),
        helper.make_node("Gather", ["again", "last"], ["decoder_out"], axis=0),
    ]
    row = _tensor("decoder_out", TensorProto.FLOAT, ["N", VOCABULARY])
    constants = {"one": np.array(1, np.int64), "again": again}
    about = {"vocab_size": VOCABULARY, "context_size": 2}
    _save(
        folder / "decoder.onnx", nodes, [_tensor("y", TensorProto.INT64, ["N", 2])], [row], constants, about
    )

    heard = _tensor("encoder_out", TensorProto.FLOAT, ["N", VOCABULARY])
    logit = _tensor("logit", TensorProto.FLOAT, ["N", VOCABULARY])
    nodes = [helper.make_node("Add", ["encoder_out", "decoder_out"], ["logit"])]
    _save(folder / "joiner.onnx", nodes, [heard, row], [logit], {}, {"joiner_dim": VOCABULARY})


def sense_voice(folder: Path) -> None:
    """An offline SenseVoice model: its first four outputs are language, emotion, event and number style."""
    marks = ["<|zh|>", "<|NEUTRAL|>", "<|Speech|>", "<|woitn|>"]
    tokens = ["<unk>", *TOKENS[1:], *marks]
    _write_tokens(folder, tokens)
    weight, bias = _weights(7 * MELS, 3 * MELS, _BLANK_ABOVE)
    wide = np.zeros((7 * MELS, len(tokens)), np.float32)
    wide[:, :VOCABULARY] = weight
    high = np.full(len(tokens), -200, np.float32)
    high[:VOCABULARY] = bias
    prefix = np.full((1, 4, len(tokens)), -100, np.float32)
    for index in range(4):
        prefix[0, index, VOCABULARY + index] = 100
    nodes = [
        helper.make_node("MatMul", ["x", "weight"], ["a"]),
        helper.make_node("Add", ["a", "bias"], ["b"]),
        helper.make_node("Concat", ["prefix", "b"], ["logits"], axis=1),
    ]
    inputs = [_tensor("x", TensorProto.FLOAT, ["N", "T", 7 * MELS])]
    for name in ("x_length", "language", "text_norm"):
        inputs.append(_tensor(name, TensorProto.INT32, ["N"]))
        nodes.append(helper.make_node("Identity", [name], [f"{name}_seen"]))
    outputs = [_tensor("logits", TensorProto.FLOAT, ["N", "T2", len(tokens)])]
    about: dict[str, Any] = {"model_type": "sense_voice_ctc", "comment": "tones", "vocab_size": len(tokens)}
    about |= {"blank_id": 0, "lfr_window_size": 7, "lfr_window_shift": 6, "normalize_samples": 0}
    about |= {"with_itn": 14, "without_itn": 15, "lang_auto": 0, "lang_zh": 3, "lang_en": 4, "lang_ja": 11}
    about |= {"lang_ko": 12, "lang_yue": 7, "neg_mean": ",".join(["0"] * 560)}
    about |= {"inv_stddev": ",".join(["1"] * 560)}
    constants = {"weight": wide, "bias": high, "prefix": prefix}
    _save(folder / "model.onnx", nodes, inputs, outputs, constants, about)


def tones(text: str, lead: float = 0.4, sound: float = 0.2, gap: float = 0.12, tail: float = 1.6) -> bytes:
    """The tones of `text` as 16 kHz s16 PCM."""
    times = np.arange(int(sound * RATE)) / RATE
    parts = [np.zeros(int(lead * RATE))]
    for char in text:
        hertz = HERTZ[TOKENS.index(char) - 1]
        parts += [0.3 * np.sin(2 * np.pi * hertz * times), np.zeros(int(gap * RATE))]
    parts.append(np.zeros(int(tail * RATE)))
    return (np.concatenate(parts) * 32767).astype(np.int16).tobytes()
