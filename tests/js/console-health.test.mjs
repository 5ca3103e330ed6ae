import assert from "node:assert/strict";
import { before, test } from "node:test";

import {
  adviceOf,
  captionsLight,
  lineWords,
  linkLight,
  recordingLight,
  restreamLight,
  seatSeconds,
  viewersLight,
} from "../../portal/static/js/console-health.js";
import { previewOf, previewWord } from "../../portal/static/js/console-preview.js";

before(() => {
  globalThis.gettext = (text) => text;
});

test("the line is good only while it is open", () => {
  assert.deepEqual(
    ["open", "waiting", "connecting", "refused"].map((state) => linkLight(state).level),
    ["good", "bad", "bad", "bad"],
  );
});

test("a recording that writes nothing between two looks is told", () => {
  assert.equal(recordingLight("planned", null, null).level, "wait");
  assert.equal(recordingLight("live", null, null).level, "bad");
  assert.equal(recordingLight("live", { restarts: 0 }, null).level, "good");
  assert.equal(recordingLight("live", { restarts: 0 }, false).level, "bad");
  assert.equal(recordingLight("paused", { restarts: 0 }, true).level, "good");
  assert.match(recordingLight("live", { restarts: 2 }, true).words, /2 次/);
});

test("captions that stay away are told while somebody is on", () => {
  assert.equal(captionsLight("planned", null, false).level, "wait");
  assert.equal(captionsLight("live", null, true).level, "warn");
  assert.equal(captionsLight("live", 3_000, true).level, "good");
  assert.match(captionsLight("live", 45_000, true).words, /45 秒/);
});

test("engines of others are told of only where there are some, the broken one by its name", () => {
  assert.equal(restreamLight([]), null);
  assert.equal(restreamLight(undefined), null);
  const live = { name: "cdn", state: "live" };
  assert.equal(restreamLight([live]).level, "good");
  assert.equal(restreamLight([live, { name: "county", state: "connecting" }]).level, "wait");
  const broken = restreamLight([live, { name: "county", state: "retrying" }]);
  assert.equal(broken.level, "bad");
  assert.match(broken.words, /county/);
  const taken = restreamLight([{ name: "county", state: "taken" }]);
  assert.equal(taken.level, "warn");
  assert.match(taken.words, /county/);
});

test("what is wrong says what is not lost and what to do, the heaviest first", () => {
  const well = { link: linkLight("open"), recording: recordingLight("live", { restarts: 0 }, true), captions: captionsLight("live", 30_000, true) };
  assert.equal(adviceOf(well), "");
  assert.equal(adviceOf({}), "");
  assert.match(adviceOf({ ...well, captions: captionsLight("live", 90_000, true) }), /麦克风.*不受影响/);
  const stopped = { ...well, captions: captionsLight("live", 90_000, true), recording: recordingLight("live", null, null) };
  assert.match(adviceOf(stopped), /实时观众照常.*请叫技术人员/);
  assert.match(adviceOf({ ...stopped, link: linkLight("waiting") }), /直播照常.*再按一次/);
  assert.match(adviceOf({ restream: restreamLight([{ name: "county", state: "retrying" }]) }), /不受影响/);
});

test("viewers are told by tier", () => {
  assert.equal(viewersLight({ webrtc: 12, hls: 30 }).words, "观众：实时 12 · 延时 30 · 只听 0");
});

test("a kept seat counts down to nothing and not below", () => {
  assert.equal(seatSeconds(1_000, 955_500), 45);
  assert.equal(seatSeconds(1_000, 2_000_000), 0);
  assert.equal(seatSeconds(null, 0), null);
});

test("the line of each speaker is told by what was missed for good since the last look", () => {
  const media = (packets, gave_up, sending = true) => ({
    publishers: [{ slot: "main", peer: "p1", sending, streams: [{ packets, gave_up }, { packets: 0 }] }],
  });
  assert.deepEqual(lineWords(media(1_000, 0), null), { main: null, guest: null, cohost: null });
  assert.equal(lineWords(media(2_000, 2), media(1_000, 0)).main.level, "good");
  assert.equal(lineWords(media(2_000, 30), media(1_000, 0)).main.level, "warn");
  assert.equal(lineWords(media(2_000, 100), media(1_000, 0)).main.level, "bad");
  assert.equal(lineWords(media(1_000, 0, false), media(1_000, 0)).main.level, "bad");
});

test("an invited department's line is told like the others", () => {
  const media = (packets, gave_up) => ({
    publishers: [{ slot: "cohost", peer: "p2", sending: true, streams: [{ packets, gave_up }] }],
  });
  assert.equal(lineWords(media(2_000, 100), media(1_000, 0)).cohost.level, "bad");
});

test("a good picture is never covered, also when it is a smaller one; sound alone is told as that", () => {
  for (const state of ["good", "smaller", "weak", "delayed"]) assert.equal(previewWord(state), "");
  assert.equal(previewWord("sound"), "只有声音");
  for (const state of ["idle", "connecting", "waiting", "reconnecting"]) assert.equal(previewWord(state), "等待画面");
});

test("the preview holds everybody on stage, and a shared screen leads", () => {
  const guest = { on: true, present: true };
  const cohosts = [{ on: false, present: true }, { on: true, present: true }];
  assert.deepEqual(previewOf({ guest: null, cohosts: [] }, "rtc"), { seen: ["main"], lead: "main" });
  assert.deepEqual(previewOf({ guest, cohosts, sharing: "" }, "rtc"), { seen: ["main", "guest", "cohost"], lead: "main" });
  assert.equal(previewOf({ guest, cohosts, sharing: "cohost" }, "rtc").lead, "cohost");
  assert.equal(previewOf({ guest, cohosts: [], sharing: "cohost" }, "rtc").lead, "main");
  assert.deepEqual(previewOf({ guest, cohosts, sharing: "cohost" }, "hls"), { seen: ["main"], lead: "main" });
});
