import assert from "node:assert/strict";
import { before, test } from "node:test";

import { doubts } from "../../portal/static/js/studio-check.js";
import { seatWords } from "../../portal/static/js/studio-cohosts.js";
import { historyWords } from "../../portal/static/js/studio-matter.js";
import { dayWord } from "../../portal/static/js/studio-panel.js";
import { seatInView, waiting } from "../../portal/static/js/studio-phase.js";
import { notedWords } from "../../portal/static/js/studio-promise.js";
import { seatPart } from "../../portal/static/js/seat-state.js";
import { contained, faceOf } from "../../portal/static/js/share.js";
import * as live from "../../portal/static/js/live-state.js";

before(() => {
  globalThis.gettext = (text) => text;
  globalThis.ngettext = (one, many, count) => (count === 1 ? one : many);
});

test("a page fills the shared picture without being cut or stretched", () => {
  assert.deepEqual(contained(1920, 1080), { x: 0, y: 0, width: 1280, height: 720 });
  assert.deepEqual(contained(1000, 2000), { x: 460, y: 0, width: 360, height: 720 });
  assert.deepEqual(contained(0, 0), { x: 0, y: 0, width: 0, height: 0 });
});

test("a face is cut to its corner from the middle, whichever way the camera is held", () => {
  assert.deepEqual(faceOf(1280, 720), { x: 0, y: 0, width: 1280, height: 720 });
  const upright = faceOf(720, 1280);
  assert.equal(upright.width, 720);
  assert.ok(Math.abs(upright.width / upright.height - 16 / 9) < 1e-9 && upright.x === 0);
  assert.ok(Math.abs(upright.y + upright.height / 2 - 640) < 1e-9);
});

test("a due date is the same day wherever the leader's tablet believes to be", () => {
  assert.match(dayWord("2026-02-12"), /2.*12/);
  assert.equal(dayWord("someday"), "someday");
});

test("what was noted names the unit, the day and the second", () => {
  const words = notedWords({ promise: 1, question: 2, text: "", unit: { id: 3, name: "水利局" }, due_on: "2026-02-12", at_ms: 723_000 });
  assert.ok(words.includes("水利局") && words.includes("12:03"));
  assert.ok(notedWords({ promise: 1, question: 2, text: "", unit: { id: 3, name: "水利局" }, due_on: "2026-02-12", at_ms: null }).includes("—"));
});

test("who asks: earlier cases are told, a newcomer's silence is not", () => {
  assert.equal(historyWords({ cases: 0, village_cases: 0 }), "");
  assert.ok(historyWords({ cases: 2, village_cases: 5 }).includes("2"));
});

test("a seat in words, from the unopened link to the stage", () => {
  const seat = { invitation: 1, name: "交通局", on: false, present: true };
  const words = [undefined, seat, { ...seat, present: false }, { ...seat, on: true }, { ...seat, on: true, present: false }].map(seatWords);
  assert.equal(new Set(words).size, 5);
  assert.equal(seatInView([seat]), undefined);
  assert.equal(seatInView([seat, { ...seat, invitation: 2, on: true }])?.invitation, 2);
});

test("a department's page: check, wait, on, over", () => {
  const facts = { state: "live", left: false, camera: true, on: false };
  assert.equal(seatPart({ ...facts, camera: false }), "check");
  assert.equal(seatPart(facts), "wait");
  assert.equal(seatPart({ ...facts, on: true }), "on");
  assert.equal(seatPart({ ...facts, on: true, state: "ended" }), "over");
  assert.equal(seatPart({ ...facts, left: true }), "over");
});

test("what the check doubts is said again before going live", () => {
  assert.deepEqual(doubts({ light: { level: "warn", words: "偏暗" }, sound: { level: "good", words: "好" }, network: { level: "wait", words: "…" } }), ["偏暗"]);
});

test("the queue is told with the words of its questions", () => {
  const questions = new Map([[7, { id: 7, text: "路灯" }]]);
  assert.equal(waiting([{ question: 7, state: "ready" }], questions)[0].text, "路灯");
  assert.equal(waiting([], questions)[0].id, 7);
});

test("a viewer's page knows the co-host on air and whose screen is large", () => {
  const begun = live.begin({ state: "live" }, []);
  const seat = { name: "交通局", on: true, present: true };
  const after = live.stage(begun, { main: { present: true }, guest: null, cohosts: [{ ...seat, on: false }, seat], sharing: "cohost" });
  assert.deepEqual([after.cohost, after.sharing], ["交通局", "cohost"]);
  assert.equal(live.stage(after, { main: { present: true }, guest: null, cohosts: [{ ...seat, present: false }], sharing: "" }).cohost, "");
});
