"""Which step of a recording or a clip may follow which. Data, so that a refusal can name what was found and
needed."""

RECORDING_LIVE = "live"
RECORDING_FINISHING = "finishing"
RECORDING_READY = "ready"
RECORDING_FAILED = "failed"

# live: the programme writes. finishing: the broadcast ended, the last part is on its way. ready: the lists
# are VOD.
RECORDING_STEPS: dict[str, frozenset[str]] = {
    RECORDING_LIVE: frozenset({RECORDING_FINISHING, RECORDING_READY, RECORDING_FAILED}),
    RECORDING_FINISHING: frozenset({RECORDING_READY, RECORDING_FAILED}),
    RECORDING_READY: frozenset(),
    RECORDING_FAILED: frozenset({RECORDING_READY}),
}

CLIP_PENDING = "pending"
CLIP_MAKING = "making"
CLIP_READY = "ready"
CLIP_FAILED = "failed"

# pending → making is the claim; making → pending is a maker that died and left its claim behind.
CLIP_STEPS: dict[str, frozenset[str]] = {
    CLIP_PENDING: frozenset({CLIP_MAKING}),
    CLIP_MAKING: frozenset({CLIP_READY, CLIP_PENDING, CLIP_FAILED}),
    CLIP_READY: frozenset({CLIP_PENDING}),
    CLIP_FAILED: frozenset({CLIP_PENDING}),
}


def may_follow(steps: dict[str, frozenset[str]], found: str, wanted: str) -> bool:
    """True where `wanted` may come after `found`; unknown states lead nowhere."""
    return wanted in steps.get(found, frozenset())
