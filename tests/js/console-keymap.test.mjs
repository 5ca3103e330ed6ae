import "./words.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";

import { Keymap } from "../../portal/static/js/keymap.js";
import { KEYS, actionOfPress } from "../../portal/static/js/keys.js";

function storage() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
}
const ready = { on: true, typing: false };

test("an action takes another key and keeps it after a reload", () => {
  const kept = storage();
  assert.deepEqual(new Keymap(kept).bind("hide", "Q"), { key: "q", robbed: null });
  const map = new Keymap(kept);
  assert.equal(actionOfPress({ key: "q" }, ready, map.bindings), "hide");
  assert.equal(actionOfPress({ key: "h" }, ready, map.bindings), null);
});

test("a key that was taken leaves its old action without one", () => {
  const map = new Keymap(storage());
  assert.deepEqual(map.bind("hide", "s"), { key: "s", robbed: "shortlist" });
  assert.equal(map.keyOf("shortlist"), "");
  assert.equal(actionOfPress({ key: "s" }, ready, map.bindings), "hide");
});

test("an action can be left without a key", () => {
  const map = new Keymap(storage());
  map.bind("end", "");
  assert.equal(actionOfPress({ key: "e" }, ready, map.bindings), null);
  assert.equal(actionOfPress({ key: "" }, ready, map.bindings), null);
});

test("keys with a name of their own are no shortcuts", () => {
  const map = new Keymap(storage());
  for (const key of ["Enter", "F5", " ", "ArrowDown"]) assert.equal(map.bind("hide", key), null);
  assert.equal(map.keyOf("hide"), "h");
});

test("everything comes back as it was, and rubbish in the storage changes nothing", () => {
  const kept = storage();
  new Keymap(kept).bind("hide", "q");
  new Keymap(kept).reset();
  assert.deepEqual(new Keymap(kept).bindings, KEYS.map((each) => ({ ...each })));
  kept.setItem("console.bindings", "{");
  assert.equal(new Keymap(kept).keyOf("hide"), "h");
});
