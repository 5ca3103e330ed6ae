import assert from "node:assert/strict";
import { test } from "node:test";

import { guess } from "../../portal/static/js/console-lanes.js";
import { UNDO_MS, UndoList, isWhole, wayBack, waysApart } from "../../portal/static/js/console-undo.js";
import { row } from "./rows.mjs";

const move = (id) => ({ words: `移动 ${id}`, steps: [{ type: "move", fields: { question: id, to: "new" } }] });
const questionOf = (entry) => entry?.steps[0].fields.question;

test("the latest thing is taken back first, each once", () => {
  const list = new UndoList();
  list.add(move(1), 0);
  list.add(move(2), 10);
  assert.equal(questionOf(list.take(20)), 2);
  assert.equal(questionOf(list.take(20)), 1);
  assert.equal(list.take(20), null);
});

test("after ten seconds nothing is taken back", () => {
  const list = new UndoList();
  const entry = list.add(move(1), 0);
  assert.equal(list.take(UNDO_MS), null);
  list.add(move(2), 0);
  assert.equal(list.takeThis(entry, 1), null);
});

test("a button takes back its own entry only", () => {
  const list = new UndoList();
  const first = list.add(move(1), 0);
  list.add(move(2), 0);
  assert.equal(questionOf(list.takeThis(first, 5)), 1);
  assert.equal(questionOf(list.take(5)), 2);
});

test("the list does not grow without end", () => {
  const list = new UndoList();
  for (let id = 0; id < 1000; id += 1) list.add(move(id), 0);
  assert.ok(list.entries.length <= 20);
});

const put = (stage, wall, expected_stage, expected_wall) => [
  { type: "put_back", fields: { question: 1, stage, wall, expected_stage, expected_wall } },
];
for (const [action, stage, wall, back] of [
  ["show", "new", "received", put("new", "received", "new", "shown")],
  ["shortlist", "new", "received", put("new", "received", "shortlisted", "shown")],
  ["shortlist", "done", "answered", put("done", "answered", "shortlisted", "answered")],
  ["call_up", "new", "received", put("new", "received", "prompted", "shown")],
  ["call_up", "shortlisted", "shown", put("shortlisted", "shown", "prompted", "shown")],
  ["back", "shortlisted", "shown", put("shortlisted", "shown", "new", "shown")],
  ["done", "shortlisted", "shown", put("shortlisted", "shown", "done", "shown")],
  ["hide", "new", "received", put("new", "received", "new", "hidden")],
]) {
  test(`${action} of a ${stage}, ${wall} question leads back to lane and wall`, () => {
    const before = row(1, { stage_state: stage, wall_state: wall });
    assert.deepEqual(wayBack(before, action), back);
    assert.ok(isWhole(before, action));
  });
}

test("whoever was sent away from the microphone comes back to the shortlist only, and the button says so", () => {
  for (const action of ["take_off", "done"]) {
    const before = row(1, { stage_state: "ready" });
    assert.deepEqual(wayBack(before, action), put("shortlisted", "shown", "done", "shown"));
    assert.ok(!isWhole(before, action));
  }
  assert.deepEqual(wayBack(row(1, { stage_state: "ready" }), "shortlist"), []);
  assert.deepEqual(wayBack(row(1, { stage_state: "ready" }), "put_on"), []);
  const answered = row(1, { stage_state: "on", answer_begin_ms: 1000, answer_end_ms: null });
  assert.deepEqual(wayBack(answered, "take_off"), [], "the answer has ended with it");
});

test("a hidden question shown again is hidden again for the same reason", () => {
  const hidden = row(1, { wall_state: "hidden", hidden_reason: "重复" });
  assert.deepEqual(wayBack(hidden, "unhide"), [{ type: "hide", fields: { question: 1, reason: "重复" } }]);
});

test("two quick steps lead back one by one: the second starts from where the first will have led", () => {
  const between = guess(row(1, { wall_state: "received" }), "shortlist", 9);
  assert.deepEqual(wayBack(between, "call_up"), put("shortlisted", "shown", "prompted", "shown"));
});

test("joined questions go back to the lanes they came from, or to what they were joined to", () => {
  const rows = [row(1), row(2, { stage_state: "shortlisted" }), row(3, { stage_state: "done", same_as: 9 })];
  assert.deepEqual(waysApart(rows), [
    { type: "part", fields: { questions: [1, 2] } },
    { type: "put_back", fields: { question: 2, stage: "shortlisted", wall: "shown", expected_stage: "new", expected_wall: "shown" } },
    { type: "same", fields: { question: 3, as: 9 } },
  ]);
});
