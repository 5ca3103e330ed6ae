import assert from "node:assert/strict";
import test from "node:test";

import { AskQueue } from "../../portal/static/js/ask-queue.js";

function shelf() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value), kept };
}
let made = 0;
const makeId = () => `id-${++made}`;

test("a draft is still there after a reload, with its id", () => {
  const store = shelf();
  const before = new AskQueue(store, 7, makeId);
  before.edit("ask", { text: "村口的路灯" });
  const after = new AskQueue(store, 7, makeId);
  assert.deepEqual(after.draft("ask"), before.draft("ask"));
});

test("an unsent question is sent again after a reload with the same id", () => {
  const store = shelf();
  const before = new AskQueue(store, 7, makeId);
  before.edit("ask", { text: "村口的路灯", village: "河东村" });
  const item = before.submit("ask");
  assert.deepEqual(new AskQueue(store, 7, makeId).unsent(), [item]);
});

test("a received question is forgotten and the next one gets a new id", () => {
  const queue = new AskQueue(shelf(), 7, makeId);
  const first = queue.submit("ask");
  queue.received(first.uuid);
  assert.deepEqual(queue.unsent(), []);
  assert.notEqual(queue.draft("ask").uuid, first.uuid);
});

test("a refused question becomes the draft again", () => {
  const queue = new AskQueue(shelf(), 7, makeId);
  queue.edit("ask", { text: "村口的路灯" });
  const item = queue.submit("ask");
  queue.refused(item.uuid);
  assert.deepEqual(queue.draft("ask"), item);
  assert.deepEqual(queue.unsent(), []);
});

test("a refused question does not overwrite what was typed meanwhile", () => {
  const queue = new AskQueue(shelf(), 7, makeId);
  queue.edit("ask", { text: "第一件" });
  const first = queue.submit("ask");
  queue.edit("ask", { text: "第二件" });
  queue.refused(first.uuid);
  assert.equal(queue.draft("ask").text, "第二件");
  assert.deepEqual(queue.unsent(), [first]);
});

test("drafts of different broadcasts do not mix", () => {
  const store = shelf();
  new AskQueue(store, 7, makeId).edit("ask", { text: "七" });
  assert.equal(new AskQueue(store, 8, makeId).draft("ask").text, "");
});

test("damaged storage begins empty instead of breaking the page", () => {
  const store = shelf();
  store.setItem("questions.7", "{not json");
  assert.deepEqual(new AskQueue(store, 7, makeId).unsent(), []);
});

test("storage that refuses to write keeps the words for as long as the page is open", () => {
  const store = { getItem: () => null, setItem: () => { throw new Error("full"); } };
  const queue = new AskQueue(store, 7, makeId);
  queue.edit("ask", { text: "村口的路灯" });
  assert.equal(queue.draft("ask").text, "村口的路灯");
});
