import assert from "node:assert/strict";
import { before, test } from "node:test";

import { DeviceMemory, chooseDevice } from "../../portal/static/js/studio-devices.js";
import {
  brightness,
  lightHint,
  linkHint,
  linkOfStats,
  networkHint,
  pictureHint,
  soundHint,
} from "../../portal/static/js/studio-hints.js";
import { nextUp, phaseOf, questionOnAir, textSize } from "../../portal/static/js/studio-phase.js";
import { ago, elapsed, fill } from "../../portal/static/js/staff-words.js";
import { row } from "./rows.mjs";

before(() => {
  globalThis.gettext = (text) => text;
});

const camera = (id, label) => ({ deviceId: id, label, kind: "videoinput" });

test("the remembered camera is found by id, then by name, then the first one is taken", () => {
  const devices = [camera("a", "前置"), camera("b", "会议摄像机")];
  assert.equal(chooseDevice(devices, { id: "b", label: "?" })?.deviceId, "b");
  assert.equal(chooseDevice(devices, { id: "old", label: "会议摄像机" })?.deviceId, "b");
  assert.equal(chooseDevice(devices, { id: "gone", label: "" })?.deviceId, "a");
  assert.equal(chooseDevice([], undefined), null);
});

test("camera and microphone are remembered apart, and broken memory is forgotten", () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  const memory = new DeviceMemory(storage);
  memory.remember(camera("a", "前置"));
  memory.remember({ deviceId: "m", label: "麦", kind: "audioinput" });
  assert.deepEqual(memory.read(), { videoinput: { id: "a", label: "前置" }, audioinput: { id: "m", label: "麦" } });
  kept.set([...kept.keys()][0], "{broken");
  assert.deepEqual(memory.read(), {});
});

test("light, sound, picture and network are judged", () => {
  assert.equal(brightness([255, 255, 255, 255, 0, 0, 0, 255]), 127.5);
  assert.equal(brightness([]), 0);
  assert.deepEqual(
    [null, 5, 40, 120, 240].map((value) => lightHint(value).level),
    ["wait", "bad", "warn", "good", "warn"],
  );
  assert.equal(soundHint({ track: false, loudest: 0.5 }).level, "bad");
  assert.equal(soundHint({ track: true, loudest: 0.1 }).level, "warn");
  assert.equal(soundHint({ track: true, loudest: 0.5 }).level, "good");
  assert.equal(pictureHint(null).level, "wait");
  assert.equal(pictureHint({ width: 320, height: 240 }).level, "warn");
  assert.equal(pictureHint({ width: 1280, height: 720 }).level, "good");
  assert.deepEqual(
    [null, 30, 400, 2000].map((value) => networkHint(value).level),
    ["wait", "good", "warn", "bad"],
  );
});

test("the connection is told in words, the worst part first", () => {
  const good = { socket: "open", media: "connected", roundTrip: 30, lost: 0 };
  assert.equal(linkHint(good).level, "good");
  assert.equal(linkHint({ ...good, socket: "waiting" }).level, "bad");
  assert.equal(linkHint({ ...good, media: "failed" }).level, "bad");
  assert.equal(linkHint({ ...good, lost: 0.05 }).level, "warn");
  assert.equal(linkHint({ ...good, lost: 0.2 }).level, "bad");
  assert.equal(linkHint({ ...good, media: "none", roundTrip: null, lost: null }).level, "good");
});

test("round-trip and loss are the worst of sound and picture", () => {
  const reports = [
    { type: "remote-inbound-rtp", roundTripTime: 0.02, fractionLost: 0.1 },
    { type: "remote-inbound-rtp", roundTripTime: 0.05, fractionLost: 0 },
    { type: "outbound-rtp", roundTripTime: 9 },
  ];
  assert.deepEqual(linkOfStats(reports), { roundTrip: 50, lost: 0.1 });
  assert.deepEqual(linkOfStats([]), { roundTrip: null, lost: null });
});

test("the studio's face follows the session, and an ended broadcast is over in every window", () => {
  assert.equal(phaseOf("planned", false), "check");
  assert.equal(phaseOf("live", false), "live");
  assert.equal(phaseOf("paused", false), "paused");
  assert.equal(phaseOf("live", true), "replaced");
  assert.equal(phaseOf("ended", true), "over");
  assert.equal(phaseOf("cancelled", false), "cancelled");
});

test("the question being answered is shown before one that merely stands on stage", () => {
  const answering = row(1, { stage_state: "on", answer_begin_ms: 10 });
  const other = row(2, { stage_state: "on", revision: 9 });
  assert.equal(questionOnAir([other, answering])?.id, 1);
  assert.equal(questionOnAir([other])?.id, 2);
  assert.equal(questionOnAir([row(3)]), null);
});

test("next up: who is ready before who was called, then the shortlist", () => {
  const questions = [
    row(1, { stage_state: "shortlisted" }),
    row(2, { stage_state: "prompted" }),
    row(3, { stage_state: "ready" }),
    row(4),
    row(5, { stage_state: "on" }),
  ];
  assert.deepEqual(
    nextUp(questions, 5).map((each) => each.id),
    [3, 2, 1],
  );
});

test("a short question is set larger than a long one", () => {
  assert.equal(textSize("路灯什么时候修？"), "short");
  assert.equal(textSize("字".repeat(80)), "medium");
  assert.equal(textSize("字".repeat(200)), "long");
  assert.equal(textSize("字".repeat(2000)), "very-long");
});

test("times and sentences", () => {
  assert.equal(elapsed(3_729_000), "1:02:09");
  assert.equal(elapsed(61_000), "1:01");
  assert.equal(elapsed(-5), "0:00");
  const now = Date.parse("2026-02-10T20:00:00+08:00");
  assert.equal(ago("2026-02-10T19:59:40+08:00", now), "刚刚");
  assert.equal(ago("2026-02-10T19:30:00+08:00", now), "30 分钟");
  assert.equal(ago("2026-02-10T17:30:00+08:00", now), "2 小时");
  assert.equal(ago("nonsense", now), "");
  assert.equal(fill("%(count)s 条新问题", { count: 3 }), "3 条新问题");
});
