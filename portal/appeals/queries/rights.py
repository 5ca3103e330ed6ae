"""Who stands how before a case, and so which steps are open to them; the one place that refuses."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.appeals.models import Appeal, Assignment, UnitRequest
from portal.appeals.states import STEPS, WHO_LABELS, WITH_REPLY, State, Step, Who, words
from portal.appeals.vocabulary import AssignmentRole, ReplyKind, RequestKind
from portal.lib.errors import Conflict, DirectTrainError, NotAllowed, NotFound
from portal.lib.words import listed
from portal.people.models import Person, Role
from portal.people.queries import Anyone
from portal.people.vocabulary import RoleKind

HANDLING = frozenset({Who.CLERK, Who.UNIT, Who.UNIT_HEAD, Who.ASSISTING, Who.SUPERVISOR})
COUNTY_WIDE = {
    RoleKind.CLERK: Who.CLERK,
    RoleKind.SUPERVISOR: Who.SUPERVISOR,
    RoleKind.MODERATOR: Who.STAGE,
    RoleKind.LEADER: Who.STAGE,
}


ASKED_FOR = {
    "suspend": [RequestKind.SUSPEND],
    "extend": [RequestKind.EXTEND],
    "decline": [RequestKind.SUSPEND, RequestKind.EXTEND],
}


class WrongState(Conflict):
    code = "wrong_state"


@dataclass(frozen=True, slots=True)
class ActionOption:
    """A step as a page offers it; `why_not` is empty when it is allowed."""

    name: str
    label: str
    why_not: str

    @property
    def allowed(self) -> bool:
        return not self.why_not


def _unit_capacities(person: Person, appeal: Appeal) -> set[Who]:
    found: set[Who] = set()
    roles = Role.objects.filter(person=person, kind__in=[RoleKind.OFFICER, RoleKind.UNIT_HEAD])
    mine = set(roles.values_list("unit_id", "kind"))
    units = {unit for unit, _kind in mine}
    if appeal.lead_unit_id in units and appeal.lead_unit_id is not None:
        found.add(Who.UNIT)
        if (appeal.lead_unit_id, RoleKind.UNIT_HEAD) in mine:
            found.add(Who.UNIT_HEAD)
    if appeal.joint and units:
        assisting = Assignment.objects.filter(
            appeal=appeal, cycle=appeal.cycle, role=AssignmentRole.ASSIST, unit__in=units - {None}
        )
        if assisting.exists():
            found.add(Who.ASSISTING)
    return found


def capacities(person: Anyone, appeal: Appeal) -> frozenset[Who]:
    """Every capacity in which `person` stands before `appeal`; empty for strangers and visitors."""
    if not isinstance(person, Person) or not person.is_active:
        return frozenset()
    kinds = set(Role.objects.filter(person=person).values_list("kind", flat=True))
    found = {who for kind, who in COUNTY_WIDE.items() if kind in kinds}
    if kinds & {RoleKind.OFFICER, RoleKind.UNIT_HEAD}:
        found |= _unit_capacities(person, appeal)
    if appeal.person_id == person.pk:
        found.add(Who.CITIZEN)
    return frozenset(found)


def may_handle(person: Anyone, appeal: Appeal) -> bool:
    """May `person` see the internal story: clerk, supervisor, the lead unit, an assisting unit."""
    return bool(capacities(person, appeal) & HANDLING)


def may_read(person: Anyone, appeal: Appeal) -> bool:
    return bool(capacities(person, appeal) & (HANDLING | {Who.CITIZEN}))


def _refusal(step: Step, appeal: Appeal, held: frozenset[Who]) -> DirectTrainError | None:
    if not step.who & held:
        needed = listed(WHO_LABELS[who] for who in Who if who in step.who)
        return NotAllowed(_("“%(step)s”须由%(who)s操作。") % {"step": step.label, "who": needed})
    if appeal.state not in step.sources:
        found = {"step": step.label, "found": State(appeal.state).label, "needed": words(step.sources)}
        return WrongState(_("当前状态是“%(found)s”，“%(step)s”需要状态：%(needed)s。") % found)
    return None


def check_step(name: str, appeal: Appeal, held: frozenset[Who]) -> Step:
    """The step, if a holder of `held` may take it from where the case stands.

    Raises `NotAllowed` (who may), `WrongState` (state found, states needed).
    """
    step = STEPS[name]
    refusal = _refusal(step, appeal, held)
    if refusal is not None:
        raise refusal
    return step


def allowed_actions(person: Anyone, appeal: Appeal) -> list[ActionOption]:
    """Every step that is some business of `person`, with the reason when the state forbids it now."""
    held = capacities(person, appeal)
    options = []
    for step in STEPS.values():
        if step.who & held:
            refusal = _refusal(step, appeal, held)
            why_not = refusal.message if refusal else _nothing_to_decide(step.name, appeal)
            options.append(ActionOption(step.name, str(step.label), why_not))
    return options


def _nothing_to_decide(name: str, appeal: Appeal) -> str:
    """Why a step that its state allows has nothing to act on; empty when it has."""
    waiting = UnitRequest.objects.filter(appeal=appeal, decided_at=None)
    if name == "approve_reply":
        drafts = appeal.replies.filter(cycle=appeal.cycle, kind=ReplyKind.WRITTEN, approved_at=None)
        return "" if drafts.exists() else _("还没有拟定的答复。")
    if name in ASKED_FOR:
        asked = waiting.filter(kind__in=ASKED_FOR[name]).exists()
        return "" if asked else _("没有等待审批的申请。")
    if name == "call_back" and appeal.state not in WITH_REPLY:
        return "" if appeal.call_back_wanted else _("没有等待回访的评价。")
    if name == "unmerge":
        return "" if appeal.merged_into_id is not None else _("这件诉求没有归并。")
    if name == "ask_suspend" and not appeal.urgency.may_suspend:
        return _("“%(urgency)s”类诉求不允许挂起。") % {"urgency": appeal.urgency}
    return ""


def find_appeal(number: str) -> Appeal:
    """Raises `NotFound`."""
    appeal = Appeal.objects.select_related("urgency", "lead_unit", "person").filter(number=number).first()
    if appeal is None:
        raise NotFound(_("没有找到这个诉求编号。"))
    return appeal
