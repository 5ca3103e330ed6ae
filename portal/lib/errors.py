"""Errors sorted by whose fault they are. Actions raise them; `lib.http` and `signaling.errors` translate them once."""


class DirectTrainError(Exception):
    """A refusal that a person may read.

    `code` is a stable word of the protocol, `message` a sentence in the reader's language, `status` the HTTP status.
    """

    code = "ours"
    status = 500

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class BadInput(DirectTrainError):
    """The sender's fault: what was sent cannot be meant so. `field` names the form field where there is one."""

    code = "bad_input"
    status = 400

    def __init__(self, message: str, code: str | None = None, field: str = "") -> None:
        super().__init__(message, code)
        self.field = field


class NotAllowed(DirectTrainError):
    """This person may not do or see this."""

    code = "not_allowed"
    status = 403


class NotFound(DirectTrainError):
    code = "not_found"
    status = 404


class Conflict(DirectTrainError):
    """Somebody was faster, or the state does not allow it; the message says which state was found."""

    code = "conflict"
    status = 409


class TryLater(DirectTrainError):
    """Too many or too busy; `seconds` says when to come back."""

    code = "try_later"
    status = 429

    def __init__(self, message: str, code: str | None = None, seconds: int = 5) -> None:
        super().__init__(message, code)
        self.seconds = seconds
