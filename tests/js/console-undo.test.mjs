import assert from "node:assert/strict";
import { test } from "node:test";

import { UNDO_MS, UndoList } from "../../portal/static/js/console-undo.js";

const move = (id) => ({ words: `移动 ${id}`, type: "move", fields: { question: id, to: "new" } });

test("the latest thing is taken back first, each once", () => {
  const list = new UndoList();
  list.add(move(1), 0);
  list.add(move(2), 10);
  assert.equal(list.take(20)?.fields.question, 2);
  assert.equal(list.take(20)?.fields.question, 1);
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
  assert.equal(list.takeThis(first, 5)?.fields.question, 1);
  assert.equal(list.take(5)?.fields.question, 2);
});

test("the list does not grow without end", () => {
  const list = new UndoList();
  for (let id = 0; id < 1000; id += 1) list.add(move(id), 0);
  assert.ok(list.entries.length <= 20);
});
