import assert from "node:assert/strict";
import { test } from "node:test";

import { Feed } from "../../portal/static/js/console-feed.js";

/** A server whose answers wait until they are let go. */
function slowServer() {
  const asked = [];
  const waiting = [];
  return {
    asked,
    fetchSince: (since) => new Promise((resolve, reject) => (asked.push(since), waiting.push({ resolve, reject }))),
    answer: (revision) => waiting.shift().resolve({ revision, rows: [] }),
    fail: () => waiting.shift().reject(new Error("gone")),
  };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("twenty messages while one fetch is under way cost one more fetch", async () => {
  const server = slowServer();
  const applied = [];
  const feed = new Feed(server.fetchSince, (answer) => applied.push(answer.revision));
  const settled = feed.changed(1);
  for (let revision = 2; revision <= 21; revision += 1) void feed.changed(revision);
  server.answer(1);
  await turn();
  server.answer(21);
  await settled;
  assert.deepEqual(server.asked, [0, 1]);
  assert.deepEqual(applied, [1, 21]);
});

test("a revision already held asks for nothing", async () => {
  const server = slowServer();
  const feed = new Feed(server.fetchSince, () => undefined);
  const first = feed.changed(5);
  server.answer(7);
  await first;
  await feed.changed(6);
  assert.deepEqual(server.asked, [0]);
});

test("a fetch that failed is tried again by itself, from what is really held", async () => {
  const server = slowServer();
  let pauses = 0;
  const feed = new Feed(server.fetchSince, () => undefined, async () => (pauses += 1));
  const first = feed.changed(3);
  server.answer(3);
  await first;
  const second = feed.changed(4);
  server.fail();
  await turn();
  assert.equal(pauses, 1);
  server.answer(4);
  await second;
  assert.deepEqual(server.asked, [0, 3, 3]);
});

test("a server that answers an older revision than it told of is not asked for ever", async () => {
  const server = slowServer();
  const feed = new Feed(server.fetchSince, () => undefined);
  const first = feed.changed(9);
  server.answer(2);
  await first;
  assert.deepEqual(server.asked, [0]);
});

test("a session without any change yet is still fetched once", async () => {
  const server = slowServer();
  const feed = new Feed(server.fetchSince, () => undefined);
  const first = feed.changed(0);
  server.answer(0);
  await first;
  assert.deepEqual(server.asked, [0]);
});

test("asking again starts from the beginning", async () => {
  const server = slowServer();
  const feed = new Feed(server.fetchSince, () => undefined);
  const first = feed.changed(4);
  server.answer(4);
  await first;
  const second = feed.again();
  server.answer(4);
  await second;
  assert.deepEqual(server.asked, [0, 0]);
});

test("asking again while a fetch is under way starts from the beginning behind it", async () => {
  const server = slowServer();
  const feed = new Feed(server.fetchSince, () => undefined);
  const first = feed.changed(4);
  server.answer(4);
  await first;
  const second = feed.changed(5);
  const third = feed.again();
  server.answer(5);
  await second;
  await turn();
  server.answer(5);
  await third;
  assert.deepEqual(server.asked, [0, 4, 0]);
});

test("who must know asks beyond what was told of, once, and behind what is under way", async () => {
  const server = slowServer();
  const feed = new Feed(server.fetchSince, () => undefined, async () => undefined);
  const told = feed.changed(4);
  const known = feed.newest();
  server.answer(4);
  await told;
  await turn();
  server.answer(5);
  await known;
  assert.deepEqual(server.asked, [0, 4]);
  const lost = feed.newest();
  await turn();
  server.fail();
  await lost;
  assert.deepEqual(server.asked, [0, 4, 5]);
});
