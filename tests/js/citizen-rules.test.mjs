import "./words.mjs";
import assert from "node:assert/strict";
import test from "node:test";

import { masked, problem, stepsFor } from "../../portal/static/js/ask-steps.js";
import { connectionWords } from "../../portal/static/js/connection-words.js";
import * as states from "../../portal/static/js/live-state.js";
import { iceServers } from "../../portal/static/js/ice-servers.js";
import { encodings } from "../../portal/static/js/simulcast.js";
import { preferredCodecs } from "../../portal/static/js/publish.js";
import { currentIndex, playerSeconds } from "../../portal/static/js/replay-map.js";
import { placeWords, standing } from "../../portal/static/js/stage-state.js";
import { dayInShanghai, dayWords } from "../../portal/static/js/day-words.js";
import { countdown, position } from "../../portal/static/js/time.js";
import { quality, qualityWords } from "../../portal/static/js/rtc-quality.js";
import { slotOf } from "../../portal/static/js/watch-rtc.js";

const row = (id, more = {}) => ({ id, text: `q${id}`, wall_state: "shown", stage_state: "new", votes: 0, ...more });
const empty = states.begin({ state: "live", slate_text: "" }, []);

test("a verified citizen is asked for the question and the village only", () => {
  assert.deepEqual(stepsFor("ask", true), ["text", "village"]);
  assert.deepEqual(stepsFor("ask", false), ["text", "village", "name", "phone", "code"]);
  assert.deepEqual(stepsFor("vote", true), []);
});

test("each step names what is missing", () => {
  assert.notEqual(problem("text", "  "), "");
  assert.notEqual(problem("text", "长".repeat(2001)), "");
  assert.equal(problem("text", "长".repeat(2000)), "");
  assert.equal(problem("phone", "138 0000 0001"), "");
  assert.notEqual(problem("phone", "12345"), "");
  assert.equal(problem("code", "204816"), "");
  assert.notEqual(problem("code", "abc"), "");
});

test("a shown telephone number keeps its middle to itself", () => {
  assert.equal(masked("138 0000 0001"), "138****0001");
});

test("a new public question comes at the end of the wall and a known one stays where it is", () => {
  let state = states.question(empty, { id: 1, question: row(1) });
  state = states.question(state, { id: 2, question: row(2) });
  state = states.question(state, { id: 1, question: row(1, { votes: 9 }) });
  assert.deepEqual(state.rows.map((each) => [each.id, each.votes]), [[1, 9], [2, 0]]);
});

test("a question that is no longer public leaves the wall", () => {
  const state = states.question(states.question(empty, { id: 1, question: row(1) }), { id: 1, question: null });
  assert.deepEqual(state.rows, []);
});

test("the question on air is known even when it is not on the wall", () => {
  const spoken = row(3, { wall_state: "received", stage_state: "on", text: "" });
  const state = states.question(empty, { id: 3, question: spoken });
  assert.equal(state.onAir, spoken);
  assert.deepEqual(state.rows, []);
});

test("a question taken off the air leaves the line free", () => {
  const on = states.question(empty, { id: 1, question: row(1, { stage_state: "on" }) });
  assert.equal(states.question(on, { id: 1, question: row(1, { stage_state: "done", wall_state: "answered" }) }).onAir, null);
});

test("a guest counts as on air only while their picture is there", () => {
  const guest = { question: 1, name: "张**", on: true, present: true };
  assert.equal(states.stage(empty, { guest }).guest.name, "张**");
  assert.equal(states.stage(empty, { guest: { ...guest, present: false } }).guest, null);
});

test("the whole picture after a gap replaces what was known", () => {
  const before = states.question(empty, { id: 1, question: row(1, { stage_state: "on" }) });
  const after = states.whole(before, { wall: [row(2)], session: { state: "paused", slate_text: "休息" }, stage: { guest: null } });
  assert.deepEqual([after.state, after.slate, after.onAir, after.rows.length], ["paused", "休息", null, 1]);
});

const place = (question, state, on = false) => ({ question, state, on });

test("who waits is told the place, and who is on the air does not count as waiting", () => {
  const stage = { guest: place(1, "on", true), queue: [place(2, "ready"), place(3, "shortlisted")] };
  assert.deepEqual(standing(stage, 2, true), { part: "check", place: 1, ready: true });
  assert.equal(placeWords(standing(stage, 2, true)), "下一个就是您");
  assert.equal(placeWords(standing(stage, 3, false)), "您是第 2 位");
});

test("who is called checks the camera first and is on the air only when put on", () => {
  assert.equal(standing({ guest: place(1, "prompted"), queue: [] }, 1, false).part, "prompt");
  assert.equal(standing({ guest: place(1, "checking"), queue: [] }, 1, true).part, "check");
  assert.equal(standing({ guest: place(1, "on", true), queue: [] }, 1, true).part, "on");
});

test("a raised hand that nobody has chosen stands behind those who are, on both pages", () => {
  const stage = { guest: place(1, "on", true), queue: [place(2, "shortlisted")], hands: [place(7, "new"), place(8, "new")] };
  assert.equal(placeWords(standing(stage, 8, false)), "您是第 3 位");
  assert.equal(states.placeIn(stage, (other) => other.question === 8), 3);
  assert.equal(states.placeIn(stage, (other) => other.question === 1), 0);
});

test("a line that is cut behind the fiftieth hand says nothing of those behind it", () => {
  const hands = (count) => Array.from({ length: count }, (_, place) => ({ question: place }));
  assert.equal(states.isWholeLine({ guest: null, queue: [], hands: hands(49) }), true);
  assert.equal(states.isWholeLine({ guest: null, queue: [], hands: hands(50) }), false);
  assert.equal(states.isWholeLine(null), false);
});

test("who is not in the line waits without a number", () => {
  assert.deepEqual(standing({ guest: null, queue: [] }, 1, false), { part: "wait", place: 0, ready: false });
});

test("recording time goes through the nearest known line, also behind a gap", () => {
  const lines = [{ begin_ms: 1000, player_seconds: 1 }, { begin_ms: 60_000, player_seconds: 55 }];
  assert.equal(playerSeconds(2000, lines), 2);
  assert.equal(playerSeconds(61_000, lines), 56);
  assert.equal(playerSeconds(500, lines), 0.5);
  assert.equal(playerSeconds(2500, []), 2.5);
});

test("the current line is the last that has begun", () => {
  const places = [{ at: 1 }, { at: 5 }, { at: 9 }];
  assert.deepEqual([0, 1, 4.9, 5, 100].map((at) => currentIndex(at, places)), [-1, 0, 0, 1, 2]);
});

test("constrained baseline goes first and its retransmission stays", () => {
  const codecs = [
    { mimeType: "video/VP8" },
    { mimeType: "video/H264", sdpFmtpLine: "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f" },
    { mimeType: "video/H264", sdpFmtpLine: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f" },
    { mimeType: "video/rtx" },
  ];
  assert.deepEqual(preferredCodecs(codecs), [codecs[2], codecs[3]]);
  assert.deepEqual(preferredCodecs([codecs[0], codecs[3]]), [codecs[0], codecs[3]]);
});

test("sections of the offer find their element by mid", () => {
  assert.deepEqual(["main-audio", "main-video", "guest-audio", "cohost-video", null].map(slotOf), ["main", "main", "guest", "cohost", "main"]);
});

test("sound without picture says so, loss makes it weak, silence is waiting", () => {
  const zero = { video: 0, audio: 0, decoded: 0, lost: 0, received: 0 };
  assert.equal(quality({ ...zero, audio: 900 }, zero), "sound");
  assert.equal(quality(zero, zero), "waiting");
  assert.equal(quality({ ...zero, video: 9000, received: 100 }, zero), "good");
  assert.equal(quality({ ...zero, video: 9000, received: 80, lost: 20 }, zero), "weak");
});

test("what the server sends of the picture goes before what was measured", () => {
  assert.equal(qualityWords("paused", "good"), "sound");
  assert.equal(qualityWords("reduced", "good"), "smaller");
  assert.equal(qualityWords("reduced", "weak"), "weak");
  assert.equal(qualityWords("full", "sound"), "sound");
  assert.equal(qualityWords("paused", "waiting"), "waiting");
});

test("a camera is sent in three sizes, a small one in one", () => {
  const three = encodings(720, 30);
  assert.deepEqual(three.map(({ rid, scaleResolutionDownBy }) => [rid, scaleResolutionDownBy]), [["h", 1], ["m", 2], ["l", 4]]);
  assert.ok(three.every(({ maxFramerate }) => maxFramerate <= 30));
  assert.equal(encodings(240).length, 1);
  assert.equal(encodings(0).length, 3);
});

test("relays come from the welcome or the offer, and nobody foreign is asked without them", () => {
  assert.deepEqual(iceServers(undefined), []);
  assert.deepEqual(iceServers({}), []);
  assert.deepEqual(iceServers({ ice: [{ urls: "turn:example.org" }] }), [{ urls: "turn:example.org" }]);
});

test("the connection is told in words and a lost socket does not hide that the picture goes on", () => {
  assert.equal(connectionWords("open", "good"), "信号良好");
  assert.match(connectionWords("waiting", "good"), /^信号良好 · /);
  assert.match(connectionWords("waiting", "reconnecting"), /重新连接/);
});

test("times read like a person would say them", () => {
  assert.equal(position(83_000), "1:23");
  assert.equal(position(3_723_000), "1:02:03");
  assert.equal(countdown(90 * 60_000), "1 小时 30 分");
  assert.equal(countdown(0), "马上开始");
});

test("a due day is said with its weekday, whatever zone the telephone is in", () => {
  globalThis.document = /** @type {any} */ ({ documentElement: { lang: "zh-hans" } });
  assert.match(dayWords("2026-12-02"), /12月2日.*周三/);
});

test("a day is the county's, also in its early morning", () => {
  assert.equal(dayInShanghai(Date.UTC(2026, 1, 11, 15, 59)), "2026-02-11");
  assert.equal(dayInShanghai(Date.UTC(2026, 1, 11, 16, 0)), "2026-02-12");
});
