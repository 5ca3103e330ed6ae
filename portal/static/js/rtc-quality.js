/** How the picture and sound of a WebRTC line are, by the browser's own counts and the server's word. Pure. */

const WEAK_LOSS = 0.08;

/** @typedef {{video: number, audio: number, decoded: number, lost: number, received: number}} Counts */

/** Quality in a word, from what came since the last look.
 * @param {Counts} now @param {Counts} before @returns {"good" | "weak" | "sound" | "waiting"} */
export function quality(now, before) {
  const video = now.video - before.video;
  const audio = now.audio - before.audio;
  if (video <= 0) return audio > 0 ? "sound" : "waiting";
  const lost = now.lost - before.lost;
  return lost / Math.max(1, lost + now.received - before.received) > WEAK_LOSS ? "weak" : "good";
}

/** What the server sends of the picture goes before what we measure: it knows why.
 * @param {"full" | "reduced" | "paused"} picture @param {ReturnType<typeof quality>} measured */
export function qualityWords(picture, measured) {
  if (measured === "waiting") return measured;
  if (picture === "paused") return "sound";
  return picture === "reduced" && measured === "good" ? "smaller" : measured;
}

/** @param {RTCStatsReport} report @returns {Counts} */
export function counts(report) {
  const sum = { video: 0, audio: 0, decoded: 0, lost: 0, received: 0 };
  for (const entry of report.values()) {
    if (entry.type !== "inbound-rtp") continue;
    if (entry.kind === "audio") sum.audio += entry.bytesReceived ?? 0;
    else {
      sum.video += entry.bytesReceived ?? 0;
      sum.decoded += entry.framesDecoded ?? 0;
      sum.lost += entry.packetsLost ?? 0;
      sum.received += entry.packetsReceived ?? 0;
    }
  }
  return sum;
}
