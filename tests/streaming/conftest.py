"""What all tests of the engine share."""

import pytest


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may starve a test's encoder for seconds: silence is judged only where a test says so."""
    monkeypatch.setattr("streaming.publisher.SILENCE", 60.0)
