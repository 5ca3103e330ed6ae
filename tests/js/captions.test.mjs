import assert from "node:assert/strict";
import test from "node:test";

import { CaptionStore } from "../../portal/static/js/captions.js";

const cue = (uid, revision, text, more = {}) => ({
  uid, revision, text, final: false, participant: "leader-1", speaker: "林县长", begin_ms: 0, end_ms: 500, ...more,
});
const words = (store, now) => store.lines(now).map((line) => line.text);

test("a newer revision replaces the words of its cue", () => {
  const store = new CaptionStore();
  store.put(cue("a", 1, "路灯"), 0);
  store.put(cue("a", 2, "路灯这周"), 100);
  assert.deepEqual(words(store, 200), ["路灯这周"]);
});

test("an older revision that comes late changes nothing", () => {
  const store = new CaptionStore();
  store.put(cue("a", 3, "路灯这周五"), 0);
  assert.equal(store.put(cue("a", 2, "路灯这周"), 100), false);
  assert.deepEqual(words(store, 200), ["路灯这周五"]);
});

test("partial words never replace final ones", () => {
  const store = new CaptionStore();
  store.put(cue("a", 3, "修好。", { final: true }), 0);
  assert.equal(store.put(cue("a", 4, "修"), 100), false);
});

test("the last two cues are shown in the order they were spoken, whoever came first", () => {
  const store = new CaptionStore();
  store.put(cue("c", 1, "三", { begin_ms: 3000 }), 0);
  store.put(cue("a", 1, "一", { begin_ms: 1000 }), 0);
  store.put(cue("b", 1, "二", { begin_ms: 2000 }), 0);
  assert.deepEqual(words(store, 10), ["二", "三"]);
});

test("words that nobody follows up go away", () => {
  const store = new CaptionStore();
  store.put(cue("a", 1, "一"), 0);
  assert.deepEqual(words(store, 60_000), []);
});

test("a cue that became empty is taken away", () => {
  const store = new CaptionStore();
  store.put(cue("a", 1, "嗯"), 0);
  store.put(cue("a", 2, ""), 10);
  assert.deepEqual(words(store, 20), []);
});

test("an evening of captions does not fill the memory", () => {
  const store = new CaptionStore();
  for (let n = 0; n < 5000; n++) store.put(cue(`c${n}`, 1, `${n}`, { begin_ms: n }), n);
  assert.equal(store.lines(5000, 10_000).length, 40);
});
