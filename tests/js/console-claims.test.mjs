import "./words.mjs";
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { CLAIM_MS, Claims } from "../../portal/static/js/console-claims.js";
import { row } from "./rows.mjs";

const SECOND = 1_000;
/** @type {[number, boolean][]} question, given up */
let asked = [];
let rows = new Map();
/** @type {Claims} */
let claims;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  asked = [];
  rows = new Map([1, 2].map((id) => [id, row(id)]));
  const signal = { request: async (_type, { question, release = false }) => void asked.push([question, release]) };
  claims = new Claims(signal, (id) => rows.get(id) ?? null, 7, () => undefined);
});

/** Time goes on in steps, so that answers come between them. */
async function pass(ms) {
  for (let left = ms; left > 0; left -= SECOND) {
    mock.timers.tick(Math.min(left, SECOND));
    await Promise.resolve();
    await Promise.resolve();
  }
}

test("a claim is renewed before it lapses, as long as somebody works", async () => {
  claims.look(1);
  for (let minute = 0; minute < 5; minute += 1) {
    claims.worked();
    await pass(60 * SECOND);
  }
  assert.ok(asked.length >= 4, `asked ${asked.length} times in five minutes`);
  assert.ok(asked.every(([question, given]) => question === 1 && !given));
});

test("whoever has gone away without a word holds nothing for ever", async () => {
  claims.look(1);
  await pass(2 * CLAIM_MS);
  const before = asked.length;
  await pass(3 * CLAIM_MS);
  assert.equal(asked.length, before);
});

test("going on to another question gives the first up at once", async () => {
  claims.look(1);
  await pass(2 * SECOND);
  claims.look(2);
  assert.deepEqual(asked, [[1, false], [1, true]]);
  await pass(2 * SECOND);
  assert.deepEqual(asked.at(-1), [2, false]);
});

test("closing the page gives up, and what has been decided on is not given up", async () => {
  claims.look(1);
  await pass(2 * SECOND);
  claims.leave();
  assert.deepEqual(asked.at(-1), [1, true]);
  claims.look(2);
  await pass(2 * SECOND);
  rows.set(2, row(2, { stage_state: "shortlisted" }));
  claims.look(null);
  assert.deepEqual(asked.at(-1), [2, false]);
});

test("an answer that comes after the eye has gone on is given up again", async () => {
  claims.look(1);
  mock.timers.tick(2 * SECOND);
  claims.look(null);
  await pass(SECOND);
  assert.deepEqual(asked, [[1, false], [1, true]]);
});
