import assert from "node:assert/strict";
import test from "node:test";
import "./words.mjs";

const { HEIGHT, WIDTH, linePieces, shares } = await import("../../portal/static/js/plots.js");
const { lines, minutes, percent, rate, troubled } = await import("../../portal/static/js/line-words.js");

test("a line fills the width, zeros lie on the ground and a hole breaks it", () => {
  assert.deepEqual(linePieces([0, 1], 1), [`0,${HEIGHT} ${WIDTH},${Math.round(HEIGHT * 0.1 * 10) / 10}`]);
  assert.equal(linePieces([1, null, 2, 3], 3).length, 2);
  assert.deepEqual(linePieces([], 1), []);
  assert.deepEqual(linePieces([null, Number.NaN], 1), []);
  assert.deepEqual(linePieces([0], 0), [`0,${HEIGHT}`]);
});

test("parts of a bar add up to the whole", () => {
  for (const parts of [[1, 1, 1], [0, 0, 5], [3, 0, 4], [1e9, 1, 1], [0.1, 0.2, 0.3]]) {
    assert.equal(shares(parts).reduce((one, other) => one + other), 100);
  }
  assert.deepEqual(shares([0, 0, 0]), [0, 0, 0]);
  assert.deepEqual(shares([1, 3]), [25, 75]);
});

test("numbers are said the way people read them", () => {
  assert.equal(percent(0), "0 %");
  assert.equal(percent(0.004), "0.4 %");
  assert.equal(percent(0.3), "30 %");
  assert.equal(rate(640_000), "640 kbps");
  assert.equal(rate(1_540_000), "1.5 Mbps");
  assert.equal(minutes(90), "1.5");
  assert.equal(minutes(3600), "60");
});

test("lines of an evening and of nothing", () => {
  const point = { at: 1, viewers: 3, loss: 0.01, round_trip_ms: 80, bitrate: 3_000_000, picture: 3, sound: 0, nothing: 0 };
  const found = lines([point, { ...point, viewers: 5, round_trip_ms: null }]);
  assert.deepEqual(found.viewers, { values: [3, 5], most: 5, now: "5" });
  assert.equal(found.loss.most, 0.05);
  assert.equal(found.trip.now, "—");
  assert.equal(lines([]).viewers.now, "—");
});

test("only who has trouble is listed", () => {
  const good = { viewer: "a", label: "", step: "1", loss: 0.01, round_trip_ms: 100, bitrate: 1 };
  const rows = [good, { ...good, step: "sound" }, { ...good, loss: 0.1 }, { ...good, round_trip_ms: 1500 }, { ...good, step: "nothing" }];
  assert.equal(troubled(rows).length, 4);
});
