import assert from "node:assert/strict";
import test, { afterEach, beforeEach } from "node:test";

import "./words.mjs";

/** The browser round a page: its network, and whether anybody looks at it. */
const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
globalThis.document = page;
globalThis.addEventListener = page.addEventListener.bind(page);
globalThis.removeEventListener = page.removeEventListener.bind(page);

class Line {
  static OPEN = 1;
  /** @type {Line[]} */
  static all = [];
  readyState = 0;
  sent = [];

  constructor() {
    Line.all.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  /** The server is there, and knows us. */
  welcome() {
    this.readyState = Line.OPEN;
    this.onopen?.();
    this.onmessage?.({ data: JSON.stringify({ type: "welcome", re: this.sent.at(-1).id, revision: 1 }) });
  }

  breaks() {
    this.readyState = 3;
    this.onclose?.();
  }
}
globalThis.WebSocket = Line;

const { Signal } = await import("../../portal/static/js/signal.js");
const { connectionWords } = await import("../../portal/static/js/connection-words.js");
const { qualityWords } = await import("../../portal/static/js/rtc-quality.js");

/** @type {Signal} */
let signal;

beforeEach(() => {
  Line.all = [];
  page.visibilityState = "visible";
  signal = new Signal("ws://here/ws/live/1/", "viewer");
  signal.connect();
});

afterEach(() => signal.close());

/** As after a long time without a network: the next attempt by itself is seconds away. */
function waitsLong() {
  Line.all[0].welcome();
  Line.all[0].breaks();
  assert.equal(signal.state, "waiting");
  assert.equal(Line.all.length, 1);
}

test("a network that is back is tried at once, not when the pause is over", () => {
  waitsLong();
  page.dispatchEvent(new Event("online"));
  assert.equal(Line.all.length, 2);
  Line.all[1].welcome();
  assert.equal(signal.state, "open");
});

test("a page that is looked at again tries at once, one in the background does not", () => {
  waitsLong();
  page.visibilityState = "hidden";
  page.dispatchEvent(new Event("visibilitychange"));
  assert.equal(Line.all.length, 1);
  page.visibilityState = "visible";
  page.dispatchEvent(new Event("visibilitychange"));
  assert.equal(Line.all.length, 2);
});

test("a line that looks open is asked whether it lives when the network has changed", () => {
  Line.all[0].welcome();
  page.dispatchEvent(new Event("online"));
  assert.equal(Line.all[0].sent.at(-1).type, "ping");
  assert.equal(Line.all.length, 1);
});

test("a page that was left listens no more", () => {
  waitsLong();
  signal.close();
  page.dispatchEvent(new Event("online"));
  assert.equal(Line.all.length, 1);
});

test("after a break the page says what it has seen and which tab it is", () => {
  const [first] = Line.all;
  waitsLong();
  page.dispatchEvent(new Event("online"));
  Line.all[1].readyState = Line.OPEN;
  Line.all[1].onopen();
  const [before, again] = [first.sent[0], Line.all[1].sent[0]];
  assert.deepEqual([again.type, again.since, again.tab], ["hello", 1, before.tab]);
});

test("a viewer is told that the picture rests to keep the sound, whatever was measured", () => {
  for (const measured of ["good", "weak"]) {
    assert.equal(connectionWords("open", qualityWords("paused", measured)), "画面已暂停，先保住声音");
  }
});
