import "./words.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";

import { claimedByOther } from "../../portal/static/js/console-claims.js";
import { cutStep, cutWords } from "../../portal/static/js/console-cut.js";
import { standing } from "../../portal/static/js/console-order.js";
import { needsLook, pieces } from "../../portal/static/js/console-personal.js";

const noon = Date.parse("2026-11-24T12:00:00+08:00");
const at = (minutes) => new Date(noon + minutes * 60_000).toISOString();

test("a claim names the other until it is two minutes old, and never oneself", () => {
  const row = { claimed_by: { id: 2, name: "Bob" }, claimed_at: at(0) };
  assert.equal(claimedByOther(row, 1, noon + 60_000), "Bob");
  assert.equal(claimedByOther(row, 1, noon + 121_000), "");
  assert.equal(claimedByOther(row, 2, noon), "");
  assert.equal(claimedByOther({ claimed_by: null }, 1, noon), "");
});

test("places of personal data count characters, also beyond the basic plane", () => {
  const text = "𠮷打13800000011";
  assert.deepEqual(pieces(text, [{ kind: "mobile", begin: 2, end: 13 }]), [
    { text: "𠮷打", kind: "" },
    { text: "13800000011", kind: "mobile" },
  ]);
  assert.deepEqual(pieces("路灯", []), [{ text: "路灯", kind: "" }]);
});

test("a look is due before a question with personal data is shown, and only then", () => {
  const personal = [{ kind: "mobile", begin: 0, end: 11 }];
  assert.ok(needsLook({ wall_state: "received", personal }));
  assert.ok(!needsLook({ wall_state: "shown", personal }));
  assert.ok(!needsLook({ wall_state: "received", personal: [] }));
});

test("one key cuts and lets go; with a delay what has not gone out is cut too", () => {
  assert.deepEqual(cutStep([], 20), { type: "cut", fields: { back: 20 } });
  assert.deepEqual(cutStep([{ id: 1, begin_ms: 0, end_ms: 5 }], 0), { type: "cut", fields: { back: 10 } });
  assert.deepEqual(cutStep([{ id: 1, begin_ms: 0, end_ms: null }], 20), { type: "cut_end", fields: {} });
});

test("the words of the cut say that it does not reach who watches in real time, and what does", () => {
  for (const words of [cutWords(false, 0, "live"), cutWords(false, 20, "live"), cutWords(true, 20, "live")]) {
    assert.match(words, /实时观众/);
    assert.match(words, /暂停直播/);
  }
  assert.match(cutWords(false, 20, "live"), /晚 20 秒/);
  assert.doesNotMatch(cutWords(true, 20, "paused"), /仍看到现场/);
});

test("the running order says what is on, what comes and how late it is", () => {
  const items = [
    { id: 1, title: "开场", minutes: 5, starts_at: at(0), began_at: at(0) },
    { id: 2, title: "提问", minutes: 40, starts_at: at(5), began_at: null },
  ];
  const now = standing(items, noon + 8 * 60_000);
  assert.deepEqual([now.on.title, now.next.title, now.late], ["开场", "提问", 3]);
  const before = standing(items.map((item) => ({ ...item, began_at: null })), noon - 60_000);
  assert.deepEqual([before.on, before.next.title, before.late], [null, "开场", 0]);
  assert.deepEqual(standing([], noon), { on: null, next: null, late: 0 });
});
