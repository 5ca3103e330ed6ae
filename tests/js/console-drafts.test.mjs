import assert from "node:assert/strict";
import { test } from "node:test";

import { Drafts } from "../../portal/static/js/console-drafts.js";
import { row } from "./rows.mjs";

/** What a tab keeps over a reload. */
function tab() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}
const typed = (fields) => ({ written: "", final: false, spoken: "问题 1", ...fields });

test("half an answer is there after a reload, for its own question and broadcast only", () => {
  const shelf = tab();
  new Drafts(12, shelf).keep(row(1), typed({ written: "下周", final: true }));
  assert.deepEqual(new Drafts(12, shelf).of(1), typed({ written: "下周", final: true }));
  assert.equal(new Drafts(12, shelf).of(2), undefined);
  assert.equal(new Drafts(13, shelf).of(1), undefined);
});

test("what was sent is forgotten, also before the row says so", () => {
  const shelf = tab();
  const drafts = new Drafts(12, shelf);
  drafts.keep(row(1), typed({ written: "下周修好" }));
  drafts.sent(row(1), { written: "下周修好" });
  assert.equal(drafts.of(1), undefined);
  drafts.keep(row(1), typed({ written: "下周修好" }));
  assert.equal(new Drafts(12, shelf).of(1), undefined);
});

test("sending the spoken words keeps the answer begun beside them", () => {
  const drafts = new Drafts(12, tab());
  const spoken = row(1, { kind: "spoken", text: "" });
  drafts.keep(spoken, { written: "下周", final: false, spoken: "路灯坏了" });
  drafts.sent(spoken, { spoken: "路灯坏了" });
  assert.equal(drafts.of(1)?.written, "下周");
});

test("an answer that somebody else gave meanwhile is not hidden behind the empty field it was opened with", () => {
  const drafts = new Drafts(12, tab());
  drafts.open(row(1));
  drafts.keep(row(1, { written_answer: "下周修好" }), typed({}));
  assert.equal(drafts.of(1), undefined);
  drafts.keep(row(1, { written_answer: "下周修好" }), typed({ written: "本月" }));
  assert.equal(drafts.of(1)?.written, "本月");
});

test("a tab whose store holds nonsense, or refuses, still works", () => {
  const shelf = { getItem: () => "{", setItem: () => assert.fail("full") };
  const drafts = new Drafts(12, shelf);
  drafts.keep(row(1), typed({ written: "下周" }));
  assert.equal(drafts.of(1)?.written, "下周");
});
