import assert from "node:assert/strict";
import test from "node:test";

import { Patience, Retry, delay } from "../../portal/static/js/backoff.js";

test("pauses double and stop growing at the longest", () => {
  const waits = [0, 1, 2, 3, 10, 1000].map((attempt) => delay(attempt, 1, 500, 15_000));
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 15_000, 15_000]);
});

test("half of a pause is left to chance and none is shorter than half", () => {
  assert.equal(delay(3, 0), 2000);
  assert.equal(delay(3, 1), 4000);
});

test("a waiting attempt is run once when hurried", () => {
  const retry = new Retry({ chance: () => 1 });
  let runs = 0;
  retry.later(() => runs++);
  assert.equal(retry.waiting, true);
  retry.hurry();
  retry.hurry();
  assert.equal(runs, 1);
  assert.equal(retry.waiting, false);
});

test("a plan for a given moment is no attempt and can be hurried", () => {
  const retry = new Retry({ chance: () => 1 });
  let runs = 0;
  retry.in(60_000, () => runs++);
  assert.equal(retry.attempt, 0);
  retry.hurry();
  assert.equal(runs, 1);
});

test("a later plan replaces the one that waits", () => {
  const retry = new Retry();
  const ran = [];
  retry.later(() => ran.push("first"));
  retry.later(() => ran.push("second"));
  retry.hurry();
  assert.deepEqual(ran, ["second"]);
});

test("success makes the next pause short again", () => {
  const retry = new Retry({ chance: () => 1 });
  for (let attempt = 0; attempt < 5; attempt++) retry.later(() => undefined);
  retry.succeeded();
  assert.equal(retry.later(() => undefined), 500);
  retry.cancel();
});

test("an attempt is given four times what the last good one took, within limits", async () => {
  const patience = new Patience({ least: 1, most: 10_000 });
  assert.equal(patience.wait, 10_000);
  patience.begin(() => assert.fail("it was heard"));
  patience.heard(() => assert.fail("it has time now"));
  assert.ok(patience.wait < 10_000);
  patience.cancel();
  await new Promise((swallowed) => new Patience({ least: 1, most: 1 }).begin(() => swallowed(undefined)));
});
