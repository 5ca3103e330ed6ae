import assert from "node:assert/strict";
import { test } from "node:test";

import { allowedActions, isAnswering, laneOf, matches, similarRows, stepMeant } from "../../portal/static/js/console-lanes.js";
import { row } from "./rows.mjs";

for (const [state, lane] of [
  ["new", "new"],
  ["shortlisted", "shortlist"],
  ["prompted", "stage"],
  ["checking", "stage"],
  ["ready", "stage"],
  ["on", "stage"],
  ["done", "done"],
]) {
  test(`a question that is ${state} stands in the lane ${lane}`, () => {
    assert.equal(laneOf(row(1, { stage_state: state })), lane);
  });
}

test("a hidden question rests with what is done, and only showing it again is offered", () => {
  const hidden = row(1, { wall_state: "hidden" });
  assert.equal(laneOf(hidden), "done");
  assert.deepEqual([...allowedActions(hidden)].sort(), ["unhide", "write"]);
});

test("an answer is begun before it is ended", () => {
  const ready = row(1, { stage_state: "ready" });
  assert.ok(allowedActions(ready).has("begin"));
  assert.ok(!allowedActions(ready).has("end"));
  const answering = row(1, { stage_state: "on", answer_begin_ms: 100 });
  assert.ok(isAnswering(answering));
  assert.ok(allowedActions(answering).has("end"));
  assert.ok(!allowedActions(answering).has("begin"));
  assert.ok(!allowedActions(answering).has("done"));
});

test("only somebody who has been checked can be put on", () => {
  assert.ok(!allowedActions(row(1, { stage_state: "prompted" })).has("put_on"));
  assert.ok(allowedActions(row(1, { stage_state: "ready" })).has("put_on"));
});

test("one key means the step that is open, and none where the row does not allow it", () => {
  assert.equal(stepMeant(row(1, { stage_state: "shortlisted" }), "shortlist"), "back");
  assert.equal(stepMeant(row(1, { wall_state: "hidden" }), "hide"), "unhide");
  assert.equal(stepMeant(row(1), "shortlist"), "shortlist");
  assert.equal(stepMeant(row(1, { stage_state: "prompted" }), "put_on"), null);
});

test("a question on the air can be neither hidden, joined nor answered in writing", () => {
  const on = allowedActions(row(1, { stage_state: "on" }));
  for (const action of ["hide", "same", "write"]) assert.ok(!on.has(action), action);
});

test("a question nobody has looked at yet can be put on the wall without moving it", () => {
  assert.ok(allowedActions(row(1, { wall_state: "received" })).has("show"));
  assert.ok(!allowedActions(row(1)).has("show"));
});

test("only a spoken question has its text proposed", () => {
  assert.ok(!allowedActions(row(1)).has("propose"));
  assert.ok(allowedActions(row(1, { kind: "spoken" })).has("propose"));
});

test("a search finds rows that hold every word somewhere", () => {
  const light = row(7, { text: "路灯坏了", village: "河西村" });
  assert.ok(matches(light, "河西 路灯"));
  assert.ok(matches(light, "zt7"));
  assert.ok(!matches(light, "河东 路灯"));
  assert.ok(matches(light, ""));
});

test("similar questions are found in Chinese without spaces, most alike first", () => {
  const own = row(1, { text: "村口的路灯坏了三个月没人修" });
  const near = row(2, { text: "路灯坏了三个月，没人修。" });
  const some = row(3, { text: "村口的路灯坏了" });
  const far = row(4, { text: "医保报销比例是多少" });
  assert.deepEqual(
    similarRows(own, [own, far, some, near]).map((each) => each.row.id),
    [2, 3],
  );
});

test("a hidden question or one already joined to another is not offered as similar", () => {
  const own = row(1, { text: "路灯坏了" });
  const others = [row(2, { text: "路灯坏了", same_as: 1 }), row(3, { text: "路灯坏了", wall_state: "hidden" })];
  assert.deepEqual(similarRows(own, others), []);
});

test("texts too short to compare are like nothing", () => {
  assert.deepEqual(similarRows(row(1, { text: "灯" }), [row(2, { text: "灯" })]), []);
});
