"""The table of everybody: which address lets in whom, and what the others are told."""

from dataclasses import dataclass, field
from typing import Any

from tests.house.county import PHONE, VISITOR
from tests.house.crew import CREW

CITIZENS = {"alice", "dora"}
UNIT = {"olga", "uma"}
WATCHING = {"clara", "sam"}
HANDLING = UNIT | WATCHING
STAFF = HANDLING | {"otto", "bob", "lin"}
EVERYBODY = STAFF | CITIZENS | {"charlie", VISITOR}
LOGIN = "login"
Answer = int | str
Fields = dict[str, str | list[str]]
WORDS: Fields = {"text": "什么时候通水？", "village": "柳湾村", "name": "李四", "phone": "13800000019"}


@dataclass(frozen=True)
class Line:
    """`may` get `answer`; the others `refusal`, who is not logged in `visitor` if that differs."""

    route: str
    method: str
    address: str
    may: set[str]
    answer: Answer = 200
    refusal: Answer = 403
    visitor: Answer | None = None
    fields: Fields = field(default_factory=dict)

    def expected(self, name: str) -> Answer:
        if name in self.may:
            return self.answer
        return self.visitor if name == VISITOR and self.visitor is not None else self.refusal


def get(route: str, address: str, may: set[str], answer: Answer = 200, **more: Any) -> Line:
    return Line(route, "GET", address, may, answer, **more)


def post(route: str, address: str, may: set[str], answer: Answer = 302, **more: Any) -> Line:
    return Line(route, "POST", address, may, answer, **more)


WHY: Fields = {"identity-why": "核实地址"}
PLAN: Fields = {"title": "专场", "host": "{lin}", "moderators": ["{bob}"], "starts_at": "{evening}"}
ROTA: Fields = {"weeks": "1", "title": "在线答疑", "leaders": ["{lin}"], "moderators": ["{bob}"]}
PUSH: Fields = {"endpoint": "https://example.org/", "p256dh": "", "auth": ""}
FILTER: Fields = {"name": "路灯", "tab": "mine", "q": "路灯", "state": ""}
QUESTION: Fields = {"uuid": "{uuid}", "text": "什么时候通水？", "village": "柳湾村"}

LINES = [
    get("words", "/words.js", EVERYBODY),
    get("service_worker", "/service-worker.js", EVERYBODY),
    get("offline", "/offline/", EVERYBODY),
    get("set_language", "/language/", EVERYBODY, 302),
    post("set_language", "/language/", EVERYBODY, fields={"language": "en"}),
    get("styleguide", "/styleguide/", EVERYBODY),
    post("notices:push", "/notices/push/", set(), refusal=400, visitor=403, fields=PUSH),
    get("people:login", "/people/login/", EVERYBODY),
    post("people:login", "/people/login/", set(), fields={"username": "sam", "password": "guessed"}),
    post("people:logout", "/people/logout/", EVERYBODY),
    post("people:logout_everywhere", "/people/logout/everywhere/", EVERYBODY),
    post("people:large_print", "/people/print/", EVERYBODY, 200, fields={"large": "1"}),
    post("people:code", "/people/code/", EVERYBODY, 200, fields={"phone": "13800000019"}),
    post("people:verify", "/people/verify/", set(), refusal=400, fields={"phone": PHONE, "code": "123456"}),
    get("appeals:cases", "/cases/", EVERYBODY),
    post("appeals:cases", "/cases/", EVERYBODY, fields={"number": "{number}", "code": "{code}"}),
    post("appeals:cases", "/cases/", set(), refusal=400, fields={"number": "{number}", "code": "AAAAAAAA"}),
    get("appeals:case", "/cases/{number}/", HANDLING | {"alice"}),
    get("appeals:case", "/cases/{number}/?code={code}", EVERYBODY),
    get("appeals:case", "/cases/{number}/?code=AAAAAAAA", HANDLING | {"alice"}),
    get("appeals:files", "/cases/{number}/files/", HANDLING | {"alice"}),
    get("appeals:files", "/cases/{asked}/files/", {"clara", "sam", "bob", "lin", "alice"}),
    get("appeals:file", "/cases/{asked}/files/{file}/", {"clara", "sam", "bob", "lin", "alice"}),
    get("appeals:file", "/cases/{asked}/files/{file}/?code={asked_code}", EVERYBODY),
    get("appeals:file", "/cases/{number}/files/{file}/", HANDLING | {"alice"}, 404),
    get("appeals:upload", "/files/{file}/", {"alice"}, refusal=404),
    post("appeals:upload", "/files/{uuid}/?key={asked_key}&kind=photo&size=9&offset=0", {"alice"}, 200),
    post("appeals:remove_file", "/files/{file}/remove/", EVERYBODY, 200),
    post("appeals:withdraw", "/cases/{open_number}/withdraw/", {"alice"}, visitor=LOGIN),
    get("appeals:rate", "/cases/{number}/rate/{token}/", EVERYBODY),
    get("appeals:rate", "/cases/{number}/rate/1-1-AAAAAAAAAAAAA/", set(), refusal=404),
    get("appeals:rate", "/cases/{open_number}/rate/{token}/", set(), refusal=404),
    post("appeals:rate", "/cases/{number}/rate/{token}/", EVERYBODY, fields={"level": "1"}),
    get("appeals:desk", "/desk/", HANDLING | {"otto"}, visitor=LOGIN),
    post("appeals:save_filter", "/desk/filters/", HANDLING | {"otto"}, visitor=LOGIN, fields=FILTER),
    post("appeals:remove_filter", "/desk/filters/999999/remove/", set(), refusal=404, visitor=LOGIN),
    post("appeals:bulk", "/desk/bulk/", {"clara"}, 400, visitor=LOGIN),
    post("appeals:bulk_sign", "/desk/bulk/sign/", {"olga", "uma", "otto"}, 400, visitor=LOGIN),
    # By their address alone they lead back to the page with the form.
    get("appeals:save_filter", "/desk/filters/", EVERYBODY, 302),
    get("appeals:remove_filter", "/desk/filters/999999/remove/", EVERYBODY, 302),
    get("appeals:bulk", "/desk/bulk/", EVERYBODY, 302),
    get("appeals:bulk_sign", "/desk/bulk/sign/", EVERYBODY, 302),
    get("appeals:promise_kept", "/desk/promises/999999/kept/", EVERYBODY, 302),
    get("appeals:desk_identity", "/desk/{number}/identity/", EVERYBODY, 302),
    get("appeals:desk_step", "/desk/{number}/accept/", EVERYBODY, 302),
    get("appeals:withdraw", "/cases/{number}/withdraw/", EVERYBODY, 302),
    get("appeals:promises", "/desk/promises/", HANDLING | {"otto"}, visitor=LOGIN),
    post("appeals:promise_kept", "/desk/promises/999999/kept/", set(), refusal=404, visitor=LOGIN),
    get("appeals:desk_case", "/desk/{number}/", HANDLING, visitor=LOGIN),
    post("appeals:desk_identity", "/desk/{number}/identity/", HANDLING, 200, visitor=LOGIN, fields=WHY),
    post("appeals:desk_step", "/desk/{number}/promote/", HANDLING, 404, visitor=LOGIN),
    get("reports:on_time", "/reports/", {"sam"}, visitor=LOGIN),
    get("reports:on_time_file", "/reports/on-time.csv", {"sam"}, visitor=LOGIN),
    get("board:board", "/board/", EVERYBODY),
    get("board:write", "/board/write/", CITIZENS, visitor=LOGIN),
    post("board:write", "/board/write/", CITIZENS, visitor=LOGIN, fields=QUESTION),
    post("board:show", "/board/{number}/show/", {"clara"}, 404, visitor=LOGIN, fields={"up": "1"}),
    get("questions:ask", "/live/{live}/ask/", EVERYBODY),
    post("questions:ask", "/live/{live}/ask/", EVERYBODY, fields=WORDS | {"uuid": "{uuid}"}),
    get("questions:ask_code", "/live/{live}/ask/code/", EVERYBODY, 302),
    post("questions:ask_code", "/live/{live}/ask/code/", EVERYBODY, fields={"code": "123456"}),
    get("questions:ask_done", "/live/{live}/ask/done/", set(), refusal=404),
    get("questions:questions", "/live/{live}/questions/", EVERYBODY),
    post("questions:questions", "/live/{live}/questions/", CITIZENS, 201, fields=QUESTION),
    get("questions:mine", "/live/{live}/questions/mine/", EVERYBODY),
    get("questions:similar", "/live/{live}/questions/similar/?text=路灯", EVERYBODY),
    post("questions:vote", "/live/{live}/questions/{question}/vote/", CITIZENS),
    post("questions:vote", "/live/{planned}/questions/{question}/vote/", set(), refusal=404, visitor=403),
    get("live:plan", "/live/plan/", WATCHING),
    post("live:plan", "/live/plan/", WATCHING, fields=PLAN | {"planned_minutes": "60"}),
    post("live:cancel", "/live/{planned}/cancel/", WATCHING),
    get("live:rota", "/live/rota/", WATCHING),
    post("live:rota", "/live/rota/", WATCHING, fields=ROTA),
    post("live:move", "/live/{planned}/move/", WATCHING, fields={"starts_at": "{evening}"}),
    post("live:swap", "/live/{planned}/swap/", WATCHING, 409, fields={"other": "{live}"}),
    get("live:remind", "/live/{planned}/remind/", EVERYBODY, 302),
    post("live:remind", "/live/{planned}/remind/", EVERYBODY - {VISITOR}, visitor=LOGIN),
    get("live:calendar", "/calendar/", EVERYBODY),
    get("live:next", "/calendar/next/", EVERYBODY, 302),
    get("live:feed", "/calendar.ics", EVERYBODY),
    get("live:home", "/", EVERYBODY),
    get("live:live", "/live/{live}/", EVERYBODY),
    get("live:studio", "/live/{live}/studio/", {"lin"}),
    get("live:studio", "/live/{planned}/studio/", set()),
    get("live:studio", "/live/{rehearsal}/studio/", set(), refusal=404),
    get("live:cohost", "/live/{live}/cohost/", {"otto"}),
    get("live:cohost", "/live/{rehearsal}/cohost/", set(), refusal=404),
    get("live:join", "/live/{live}/join/{seat_token}/", EVERYBODY - {VISITOR}, visitor=LOGIN),
    get("live:join", "/live/{planned}/join/{seat_token}/", set(), refusal=404),
    post("live:join", "/live/{live}/join/{seat_token}/", {"otto"}, refusal=409, visitor=LOGIN),
    get("live:invitations", "/live/{live}/invitations/", {"lin", "bob"} | WATCHING),
    get("live:invitations", "/live/{rehearsal}/invitations/", set(), refusal=404),
    post(
        "live:invitations", "/live/{live}/invitations/", {"lin", "bob"} | WATCHING, fields={"unit": "{roads}"}
    ),
    post("live:revoke_invitation", "/live/{live}/invitations/{seat}/revoke/", {"lin", "bob"} | WATCHING),
    post("live:rehearse", "/live/{planned}/rehearse/", set()),
    get("questions:matter", "/live/{live}/questions/{question}/matter/", {"lin", "bob"}),
    get("questions:matter", "/live/{planned}/questions/{question}/matter/", set()),
    get("live:live", "/live/{rehearsal}/", set(), refusal=404),
    get("questions:ask", "/live/{rehearsal}/ask/", set(), refusal=404),
    get("live:console", "/live/{live}/console/", {"bob"}),
    get("live:console", "/live/{planned}/console/", set()),
    get("live:stage", "/live/{live}/stage/", {"alice"}),
    get("live:stage", "/live/{planned}/stage/", set()),
    get("live:replay", "/live/{live}/replay/", EVERYBODY),
    get("recordings:clip", "/recordings/clips/{clip}.mp4", EVERYBODY),
    get("recordings:answer", "/recordings/answers/{question}.mp4", set(), refusal=404),
    get("recordings:timeline", "/recordings/{live}/timeline.json", EVERYBODY),
    get("transcripts:json", "/live/{live}/transcript.json", EVERYBODY),
    get("transcripts:vtt", "/live/{live}/transcript.vtt", EVERYBODY),
    get("transcripts:txt", "/live/{live}/transcript.txt", EVERYBODY),
    get("transcripts:replays", "/replays/", EVERYBODY),
    get("transcripts:replays", "/replays/?q=水", EVERYBODY),
    get("transcripts:search", "/transcripts/search.json?q=水", EVERYBODY),
]
LINES += [Line(**row) for row in CREW]

# Step of the desk → a state it is allowed from, who may take it, what its form holds.
STEPS: dict[str, tuple[str, set[str], Fields]] = {
    "accept": ("registered", {"clara"}, {"case_type": "request", "matter": "供水", "urgency": "normal"}),
    "refuse": ("registered", {"clara"}, {"reason": "not_ours", "instead": "市12345"}),
    "dispatch": ("accepted", {"clara"}, {"unit_id": "{water}"}),
    "sign": ("dispatched", UNIT, {}),
    "return": ("dispatched", UNIT, {"reason": "非本单位职责"}),
    "reply": ("in_progress", UNIT, {"text": "水管已修好。"}),
    "approve_reply": ("drafted", {"uma"}, {}),
    "assist": ("joint", {"otto"}, {"text": "路面可开挖。"}),
    "joint": ("accepted", WATCHING, {"unit_ids": ["{roads}"], "minutes": "会商纪要"}),
    "ask_suspend": ("in_progress", UNIT, {"reason": "citizen_material"}),
    "suspend": ("hold_asked", {"sam"}, {}),
    "resume": ("suspended", UNIT | {"sam"}, {}),
    "ask_extend": ("in_progress", UNIT, {"days": "1", "reason": "等配件"}),
    "extend": ("extension_asked", {"sam"}, {}),
    "decline": ("extension_asked", {"sam"}, {"kind": "extend", "reason": "可以按时"}),
    "change_urgency": ("accepted", WATCHING, {"urgency": "normal"}),
    "redact": ("accepted", {"clara"}, {"text": "自来水停水"}),
    "promise": ("accepted", WATCHING, {"text": "周五通水", "unit_id": "{water}", "due_on": "{soon}"}),
    "call_back": ("replied", {"clara"}, {"note": "已通水", "solved": "yes"}),
    "merge": ("accepted", {"clara"}, {"main_number": "{open_number}"}),
    "unmerge": ("merged", {"clara"}, {}),
    "split": ("accepted", {"clara"}, {"text": "路面也坏了"}),
    "close_explained": ("replied", {"clara"}, {"reason": "已解释"}),
    "reopen": ("replied", {"sam"}, {"reason": "复查"}),
}
