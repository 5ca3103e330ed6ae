// What the panel of the lines says: numbers in words and rows. Pure.

/** @typedef {{at: number, viewers: number, loss: number, round_trip_ms: number|null, bitrate: number, picture: number, sound: number, nothing: number}} Point */
/** @typedef {{label: string, viewers: number, picture: number, sound: number, nothing: number}} VillageRow */
/** @typedef {{viewer: string, label: string, step: string, loss: number, round_trip_ms: number|null, bitrate: number}} ViewerRow */

/** @param {number} part 0 … 1 */
export const percent = (part) => `${(100 * part).toFixed(part > 0 && part < 0.0995 ? 1 : 0)} %`;

/** @param {number|null} ms */
export const milliseconds = (ms) => (ms === null ? "—" : interpolate(gettext("%s 毫秒"), [Math.round(ms)]));

/** @param {number} bits a second */
export function rate(bits) {
  if (bits >= 1_000_000) return `${(bits / 1_000_000).toFixed(1)} Mbps`;
  return `${Math.round(bits / 1000)} kbps`;
}

/** @param {number} seconds */
export const minutes = (seconds) => (seconds / 60).toFixed(seconds < 594 && seconds > 0 ? 1 : 0);

/** @param {string} step 0, 1, 2, sound or nothing */
export function stepWord(step) {
  const words = /** @type {Record<string, string>} */ ({
    0: gettext("大画面"),
    1: gettext("中画面"),
    2: gettext("小画面"),
    sound: gettext("只有声音"),
    nothing: gettext("收不到"),
  });
  return words[step] ?? step;
}

/** @param {string} label */
export const villageWord = (label) => label || gettext("未登记村名");

/** The four lines: values oldest first, what fills the height, the newest in words.
 * @param {Point[]} history @returns {Record<"viewers"|"loss"|"trip"|"rate", {values: (number|null)[], most: number, now: string}>} */
export function lines(history) {
  const last = history[history.length - 1];
  const viewers = history.map((point) => point.viewers);
  const loss = history.map((point) => point.loss);
  const trip = history.map((point) => point.round_trip_ms);
  const rates = history.map((point) => point.bitrate);
  /** @param {(number|null)[]} values @param {number} least */
  const top = (values, least) => Math.max(least, ...values.map((value) => value ?? 0));
  return {
    viewers: { values: viewers, most: top(viewers, 1), now: last ? String(last.viewers) : "—" },
    // Five per cent fill the height: below it loss is not seen, above it everybody sees it.
    loss: { values: loss, most: top(loss, 0.05), now: last ? percent(last.loss) : "—" },
    trip: { values: trip, most: top(trip, 200), now: last ? milliseconds(last.round_trip_ms) : "—" },
    rate: { values: rates, most: top(rates, 1_000_000), now: last ? rate(last.bitrate) : "—" },
  };
}

/** Viewers worth a look: who has no picture, or loses more than 2 %, or waits more than a second.
 * @param {ViewerRow[]} worst @returns {ViewerRow[]} */
export function troubled(worst) {
  return worst.filter((row) => row.step === "sound" || row.step === "nothing" || row.loss > 0.02 || (row.round_trip_ms ?? 0) > 1000);
}
