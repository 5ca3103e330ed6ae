/** Between recording time (ms of the marks and the transcript) and the player's seconds. Pure. */

/** @typedef {{uid: string, begin_ms: number, end_ms: number, player_seconds?: number, speaker: string, text: string}} Line */

/** Where in the player a recording time is: by the nearest line before it that knows, else straight.
 * @param {number} ms @param {Line[]} lines in order @returns {number} seconds */
export function playerSeconds(ms, lines) {
  const known = lines.filter((line) => typeof line.player_seconds === "number");
  const before = known.filter((line) => line.begin_ms <= ms).at(-1) ?? known[0];
  if (!before) return ms / 1000;
  return Math.max(0, /** @type {number} */ (before.player_seconds) + (ms - before.begin_ms) / 1000);
}

/** The line being spoken at a player time: the last that has begun; -1 before the first.
 * @param {number} seconds @param {{at: number}[]} places in order @returns {number} */
export function currentIndex(seconds, places) {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    // A seek lands a few milliseconds early or late.
    if (places[middle].at <= seconds + 0.05) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
