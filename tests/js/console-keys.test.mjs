import assert from "node:assert/strict";
import { test } from "node:test";

import { KEYS, KeySwitch, actionOfPress, takesLetters } from "../../portal/static/js/keys.js";

const ready = { on: true, typing: false };

test("every key of the list does its own action", () => {
  for (const { key, action } of KEYS) assert.equal(actionOfPress({ key }, ready), action);
  assert.equal(new Set(KEYS.map((each) => each.key)).size, KEYS.length);
});

test("capitals and a full-width question mark count as the same key", () => {
  assert.equal(actionOfPress({ key: "S" }, ready), "shortlist");
  assert.equal(actionOfPress({ key: "？" }, ready), "help");
});

test("a letter that is being typed is never taken", () => {
  assert.equal(actionOfPress({ key: "h" }, { on: true, typing: true }), null);
  assert.equal(actionOfPress({ key: "h", isComposing: true }, ready), null);
});

test("switched off, no letter does anything", () => {
  assert.equal(actionOfPress({ key: "h" }, { on: false, typing: false }), null);
});

test("the browser's own shortcuts stay the browser's", () => {
  for (const modifier of ["ctrlKey", "altKey", "metaKey"]) {
    assert.equal(actionOfPress({ key: "d", [modifier]: true }, ready), null);
  }
});

test("a key held down moves the selection but does nothing twice", () => {
  assert.equal(actionOfPress({ key: "j", repeat: true }, ready), "down");
  assert.equal(actionOfPress({ key: "h", repeat: true }, ready), null);
});

test("fields take letters, buttons and boxes do not", () => {
  assert.ok(takesLetters({ tagName: "TEXTAREA" }));
  assert.ok(takesLetters({ tagName: "INPUT", type: "search" }));
  assert.ok(takesLetters({ tagName: "SELECT" }));
  assert.ok(takesLetters({ tagName: "DIV", isContentEditable: true }));
  assert.ok(!takesLetters({ tagName: "INPUT", type: "checkbox" }));
  assert.ok(!takesLetters({ tagName: "BUTTON" }));
  assert.ok(!takesLetters(null));
});

test("the switch is remembered", () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  assert.ok(new KeySwitch(storage).on);
  new KeySwitch(storage).toggle();
  assert.ok(!new KeySwitch(storage).on);
});
