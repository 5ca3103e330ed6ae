import assert from "node:assert/strict";
import { before, test } from "node:test";

import { DeviceMemory, chooseDevice } from "../../portal/static/js/device-memory.js";
import {
  lightHint,
  lightOf,
  linkHint,
  linkOfStats,
  networkHint,
  pictureHint,
  sentBytes,
  sentRate,
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
  assert.equal(lightHint(null).level, "wait");
  assert.deepEqual(
    [5, 40, 120, 240].map((value) => lightHint({ mean: value, centre: value, edge: value }).level),
    ["bad", "warn", "good", "warn"],
  );
  assert.equal(soundHint({ track: false, loudest: 0.5 }).level, "bad");
  assert.equal(soundHint({ track: true, loudest: 0.1 }).level, "warn");
  assert.equal(soundHint({ track: true, loudest: 0.5 }).level, "good");
  assert.equal(pictureHint(null).level, "wait");
  assert.equal(pictureHint({ width: 320, height: 240 }).level, "warn");
  assert.equal(pictureHint({ width: 1280, height: 720 }).level, "good");
});

test("a face before a bright window is told from a bright room", () => {
  const pixels = (inside, outside) =>
    Array.from({ length: 81 }, (_, at) => {
      const [x, y] = [at % 9, Math.floor(at / 9)];
      const value = x >= 3 && x < 6 && y >= 3 && y < 6 ? inside : outside;
      return [value, value, value, 255];
    }).flat();
  const backlit = lightOf(pixels(40, 160), 9);
  assert.ok(Math.abs(backlit.centre - 40) < 0.01 && Math.abs(backlit.edge - 160) < 0.01);
  assert.equal(lightHint(backlit).level, "warn");
  assert.equal(lightHint(lightOf(pixels(130, 160), 9)).level, "good");
  assert.equal(lightOf([], 9).mean, 0);
});

test("the way to the server is judged by rate, round-trip and loss together", () => {
  const good = { roundTrip: 30, lost: 0, bitrate: 2_000_000 };
  const level = (more) => networkHint({ ...good, ...more }).level;
  assert.equal(level({}), "good");
  assert.equal(level({ bitrate: null }), "wait");
  assert.equal(level({ roundTrip: null }), "wait");
  assert.equal(level({ roundTrip: null, media: "connecting" }), "wait");
  assert.equal(level({ roundTrip: null, media: "failed" }), "bad");
  assert.equal(level({ bitrate: 700_000 }), "warn");
  assert.equal(level({ bitrate: 300_000 }), "bad");
  assert.equal(level({ roundTrip: 400 }), "warn");
  assert.equal(level({ roundTrip: 2000 }), "bad");
  assert.equal(level({ lost: 0.05 }), "warn");
  assert.equal(level({ lost: 0.2 }), "bad");
});

test("what was sent between two looks is a rate", () => {
  assert.equal(sentRate(null, { bytes: 10, at: 0 }), null);
  assert.equal(sentRate({ bytes: 0, at: 0 }, { bytes: 250_000, at: 2_000 }), 1_000_000);
  assert.equal(sentRate({ bytes: 9, at: 0 }, { bytes: 3, at: 1_000 }), null, "a new connection counts anew");
  assert.equal(sentBytes([{ type: "outbound-rtp", bytesSent: 5 }, { type: "outbound-rtp", bytesSent: 7 }, { type: "inbound-rtp", bytesSent: 9 }]), 12);
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
  assert.deepEqual(linkOfStats(reports), { roundTrip: 50, lost: 0.1, bitrate: null });
  const pair = { type: "candidate-pair", nominated: true, availableOutgoingBitrate: 1_400_000 };
  assert.equal(linkOfStats([pair, { ...pair, nominated: false, availableOutgoingBitrate: 1 }]).bitrate, 1_400_000);
  assert.deepEqual(linkOfStats([]), { roundTrip: null, lost: null, bitrate: null });
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
