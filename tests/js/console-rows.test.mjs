import assert from "node:assert/strict";
import { test } from "node:test";

import { guess } from "../../portal/static/js/console-lanes.js";
import { RowStore } from "../../portal/static/js/console-rows.js";
import { row } from "./rows.mjs";

const watched = () => true;

test("the newest question stands on top of the first lane", () => {
  const store = new RowStore();
  store.apply([row(1), row(3), row(2)], 3);
  assert.deepEqual(store.shown.new, [3, 2, 1]);
  assert.equal(store.revision, 3);
});

test("a new question waits behind the pill while the lane is under somebody's eye", () => {
  const store = new RowStore();
  store.apply([row(1), row(2)], 2);
  const changes = store.apply([row(3, { revision: 3 })], 3, watched);
  assert.deepEqual(store.shown.new, [2, 1]);
  assert.deepEqual(store.held.new, [3]);
  assert.deepEqual([...changes.arrived], [3]);
  assert.equal(store.count("new"), 3);
  assert.deepEqual(store.reveal("new"), [3]);
  assert.deepEqual(store.shown.new, [3, 2, 1]);
  assert.deepEqual(store.held.new, []);
});

test("the first load is never held back", () => {
  const store = new RowStore();
  store.apply([row(1), row(2)], 2, watched);
  assert.deepEqual(store.shown.new, [2, 1]);
});

test("votes change a row without moving it", () => {
  const store = new RowStore();
  store.apply([row(1), row(2), row(3)], 3);
  store.sort("new", "votes");
  const before = [...store.shown.new];
  const changes = store.apply([row(1, { votes: 9, revision: 4 })], 4);
  assert.deepEqual(store.shown.new, before);
  assert.deepEqual([...changes.updated], [1]);
  assert.equal(changes.lanes.size, 0);
  store.sort("new", "votes");
  assert.equal(store.shown.new[0], 1);
});

test("a row that changes lane leaves the old one and appears once in the new one", () => {
  const store = new RowStore();
  store.apply([row(1), row(2)], 2);
  const changes = store.apply([row(1, { stage_state: "shortlisted", revision: 3 })], 3, watched);
  assert.deepEqual(store.shown.new, [2]);
  assert.deepEqual(store.shown.shortlist, [1]);
  assert.deepEqual([...changes.lanes].sort(), ["new", "shortlist"]);
});

test("a row moved while it was still held back is no longer counted in the pill", () => {
  const store = new RowStore();
  store.apply([row(1)], 1);
  store.apply([row(2, { revision: 2 })], 2, watched);
  store.apply([row(2, { stage_state: "shortlisted", revision: 3 })], 3, watched);
  assert.deepEqual(store.held.new, []);
  assert.deepEqual(store.shown.shortlist, [2]);
});

test("an answer that overtook a newer one changes nothing", () => {
  const store = new RowStore();
  store.apply([row(1, { stage_state: "shortlisted", revision: 9 })], 9);
  store.apply([row(1, { stage_state: "new", revision: 5 })], 5);
  assert.equal(store.lane(1), "shortlist");
  assert.equal(store.revision, 9);
});

test("back from the shortlist a question takes its old place among the new ones", () => {
  const store = new RowStore();
  store.apply([row(1), row(2), row(3)], 3);
  store.apply([row(2, { stage_state: "shortlisted", revision: 4 })], 4);
  store.apply([row(2, { stage_state: "new", revision: 5 })], 5);
  assert.deepEqual(store.shown.new, [3, 2, 1]);
});

test("who is on the air stands first on stage, whoever was called first", () => {
  const store = new RowStore();
  store.apply([row(1, { stage_state: "prompted" }), row(2, { stage_state: "ready" })], 2);
  store.apply([row(3, { stage_state: "on", revision: 3 })], 3);
  assert.deepEqual(store.shown.stage, [3, 2, 1]);
  store.apply([row(1, { stage_state: "ready", revision: 4 })], 4);
  assert.deepEqual(store.shown.stage, [3, 1, 2]);
});

test("J and K stop at the ends of the lane and skip what the search hides", () => {
  const store = new RowStore();
  store.apply([row(1), row(2, { text: "路灯" }), row(3)], 3);
  assert.equal(store.neighbour(null, 1), 3);
  assert.equal(store.neighbour(3, 1), 2);
  assert.equal(store.neighbour(3, -1), 3);
  assert.equal(store.neighbour(1, 1), 1);
  assert.equal(store.neighbour(3, 1, (each) => each.text !== "路灯"), 1);
});

test("without any row there is nothing to select", () => {
  assert.equal(new RowStore().neighbour(null, 1), null);
});

test("the answer in progress is the one begun and not ended", () => {
  const store = new RowStore();
  store.apply([row(1, { answer_begin_ms: 5, answer_end_ms: 9 }), row(2, { answer_begin_ms: 20 })], 2);
  assert.equal(store.answering()?.id, 2);
});

test("questions that stand for another are counted at that other", () => {
  const store = new RowStore();
  store.apply([row(1), row(2, { same_as: 1, stage_state: "done" }), row(3, { same_as: 1, stage_state: "done" })], 3);
  assert.equal(store.sameCounts().get(1), 2);
  assert.deepEqual(store.shown.done, [3, 2]);
});

test("three hundred questions arriving one by one end in order", () => {
  const store = new RowStore();
  for (let id = 1; id <= 300; id += 1) store.apply([row(id, { revision: id })], id);
  assert.equal(store.shown.new.length, 300);
  assert.deepEqual(store.shown.new.slice(0, 3), [300, 299, 298]);
});

test("a likely outcome is drawn at once, and the server's word replaces it", () => {
  const store = new RowStore();
  store.apply([row(1), row(2), row(3, { stage_state: "shortlisted", order: 3 })], 3);
  store.apply([guess(store.get(1), "shortlist", 4)], 3);
  assert.deepEqual(store.shown.shortlist, [3, 1]);
  store.apply([row(1, { stage_state: "done", revision: 4 })], 4);
  assert.equal(store.lane(1), "done");
});

test("a refused step puts the row back where it was", () => {
  const store = new RowStore();
  store.apply([row(1), row(2), row(3)], 3);
  const before = store.get(2);
  store.apply([guess(before, "hide", 4)], 3);
  assert.equal(store.lane(2), "done");
  store.apply([before], 3);
  assert.deepEqual(store.shown.new, [3, 2, 1]);
});

test("only steps with a certain outcome are drawn ahead", () => {
  assert.equal(guess(row(1), "begin", 1), null);
  assert.equal(guess(row(1), "put_on", 1), null);
  assert.equal(guess(row(1), "done", 1)?.stage_state, "done");
});
