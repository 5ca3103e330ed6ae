"""The words that the public reads of a question, set by the crew while it is on."""

from portal.appeals.actions import redact
from portal.people.models import Person
from portal.questions.actions.cases import case_of
from portal.questions.actions.changes import changing


def set_public_text(actor: Person, question_id: int, text: str) -> None:
    """The words that wall, picture and case page show; what the citizen wrote stays beside them.

    For the moderators. Raises `NotAllowed`, `NotFound`, `BadInput`, `Conflict` (no case yet).
    """
    with changing(actor, question_id) as change:
        redact(actor, case_of(change.question), text, change.at)
        change.write()
