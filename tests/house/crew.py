"""Addresses of a broadcast's crew, for the table of who is let in where (`test_everybody`)."""

from typing import Any

EVERYBODY = {"alice", "dora", "olga", "uma", "clara", "sam", "otto", "bob", "lin", "charlie", "visitor"}
DESK = "/live/{live}/crew/"
ONE = "/live/{live}/crew/{question}/"


def _post(name: str, address: str, may: set[str], answer: int = 200, **fields: str) -> dict[str, Any]:
    route = f"questions:crew_{name}"
    return {
        "route": route,
        "method": "POST",
        "address": address,
        "may": may,
        "answer": answer,
        "fields": fields,
    }


def _get(route: str, address: str, may: set[str], **more: Any) -> dict[str, Any]:
    return {"route": route, "method": "GET", "address": address, "may": may, **more}


TOLD = {"uuid": "{uuid}", "channel": "telephone", "text": "桥坏了", "phone": "13800000019"}
CREW = [
    _get("live:overlay", "/live/{live}/overlay/{overlay}/", EVERYBODY),
    _get("live:overlay", f"/live/{{live}}/overlay/{'0' * 32}/", set(), refusal=404),
    _get("recordings:original", "/recordings/cuts/{cut}.mp4", {"bob", "lin", "sam"}),
    _get("questions:crew_desk", DESK, {"bob"}),
    _get("questions:crew_desk", "/live/{planned}/crew/", set()),
    _get("questions:crew_question", ONE, {"bob"}),
    _post("take_down", f"{DESK}take-down/", {"bob"}, 201, **TOLD),
    _post("block", f"{DESK}block/", {"bob"}, question="{question}", reason="反复刷屏"),
    _post("slow_mode", f"{DESK}slow-mode/", {"bob"}, seconds="60"),
    _post("running_order", f"{DESK}running-order/", {"bob", "lin"}, items="[]"),
    _post("public_text", f"{ONE}public-text/", {"bob"}, text="路灯坏了"),
]
