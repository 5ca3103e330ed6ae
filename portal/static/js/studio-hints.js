// What the check before the broadcast and the running connection mean, in words. Pure: numbers in, sentence out.

import { fill } from "./staff-words.js";

/** @typedef {{level: "good"|"warn"|"bad"|"wait", words: string}} Hint */

/** @typedef {{mean: number, centre: number, edge: number}} Light brightness 0–255 of all, the middle third, and the rest */

/**
 * Brightness of RGBA pixels, the middle (where a face is) apart from the edge.
 * @param {ArrayLike<number>} pixels
 * @param {number} width
 * @returns {Light}
 */
export function lightOf(pixels, width) {
  const height = Math.floor(pixels.length / 4 / width);
  const sums = { centre: 0, edge: 0 };
  const counts = { centre: 0, edge: 0 };
  for (let at = 0; at < width * height; at++) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const middle = x * 3 >= width && x * 3 < 2 * width && y * 3 >= height && y * 3 < 2 * height;
    const where = middle ? "centre" : "edge";
    sums[where] += 0.299 * pixels[4 * at] + 0.587 * pixels[4 * at + 1] + 0.114 * pixels[4 * at + 2];
    counts[where] += 1;
  }
  const [centre, edge] = [sums.centre / (counts.centre || 1), sums.edge / (counts.edge || 1)];
  return { mean: (sums.centre + sums.edge) / (counts.centre + counts.edge || 1), centre, edge };
}

/**
 * @param {Light|null} light null without a picture
 * @returns {Hint}
 */
export function lightHint(light) {
  if (light === null) return { level: "wait", words: gettext("光线：等待画面") };
  const { mean, centre, edge } = light;
  if (mean < 12) return { level: "bad", words: gettext("光线：画面全黑，镜头盖打开了吗？") };
  if (mean < 60) return { level: "warn", words: gettext("光线：偏暗，请在面前开一盏灯") };
  if (mean > 215) return { level: "warn", words: gettext("光线：太亮，请不要背对窗户") };
  if (centre < 70 && edge > 1.8 * centre) return { level: "warn", words: gettext("光线：背后比脸亮，请面向窗户坐") };
  return { level: "good", words: gettext("光线：合适") };
}

/**
 * @param {{width: number, height: number}|null} picture
 * @returns {Hint}
 */
export function pictureHint(picture) {
  if (!picture || !picture.width) return { level: "wait", words: gettext("画面：等待摄像头") };
  const size = `${picture.width}×${picture.height}`;
  if (picture.height < 480) return { level: "warn", words: fill(gettext("画面：%(size)s，不够清晰"), { size }) };
  return { level: "good", words: fill(gettext("画面：%(size)s，清晰"), { size }) };
}

/**
 * @param {{track: boolean, loudest: number}} sound  loudest level (0–1, logarithmic) of the last seconds
 * @returns {Hint}
 */
export function soundHint({ track, loudest }) {
  if (!track) return { level: "bad", words: gettext("声音：没有麦克风") };
  if (loudest < 0.35) return { level: "warn", words: gettext("声音：还没听到，请说一句话") };
  if (loudest > 0.97) return { level: "warn", words: gettext("声音：太响，请离麦克风远一点") };
  return { level: "good", words: gettext("声音：听得清") };
}

/** @typedef {{roundTrip: number|null, lost: number|null, bitrate: number|null}} Line round-trip in ms, loss as a share (0–1), bits a second upwards */

/**
 * The way to the media server, measured with our own picture: nulls where nothing is known yet.
 * @param {Line & {media?: string}} line media: as for `linkHint`
 * @returns {Hint}
 */
export function networkHint({ roundTrip, lost, bitrate, media }) {
  if (media === "failed" || media === "disconnected") return { level: "bad", words: gettext("网络：画面发不出去，正在重试") };
  if (roundTrip === null || bitrate === null) return { level: "wait", words: gettext("网络：正在测量") };
  const values = { ms: Math.max(1, Math.round(roundTrip)), rate: (bitrate / 1e6).toFixed(1) };
  if (bitrate < 500_000 || roundTrip > 800 || (lost ?? 0) > 0.08) {
    return { level: "bad", words: fill(gettext("网络：差（上行 %(rate)s Mbps，往返 %(ms)s 毫秒），请换一个网络"), values) };
  }
  if (bitrate < 1_000_000 || roundTrip > 250 || (lost ?? 0) > 0.02) {
    return { level: "warn", words: fill(gettext("网络：一般（上行 %(rate)s Mbps，往返 %(ms)s 毫秒）"), values) };
  }
  return { level: "good", words: fill(gettext("网络：良好（上行 %(rate)s Mbps，往返 %(ms)s 毫秒）"), values) };
}

/**
 * The running connection. `roundTrip` in ms and `lost` as a share (0–1) come from the peer's remote reports.
 * @param {{socket: string, media: string, roundTrip: number|null, lost: number|null}} state
 *   socket: "open" or anything else; media: RTCPeerConnectionState, or "none" when nothing is sent
 * @returns {Hint}
 */
export function linkHint({ socket, media, roundTrip, lost }) {
  if (socket !== "open") return { level: "bad", words: gettext("断开，正在重连；直播没有结束") };
  if (media === "failed" || media === "disconnected" || media === "closed") {
    return { level: "bad", words: gettext("画面中断，正在恢复") };
  }
  if (media === "connecting" || media === "new") return { level: "wait", words: gettext("正在发送画面") };
  if (media === "none") return { level: "good", words: gettext("已连接") };
  if ((lost ?? 0) > 0.08 || (roundTrip ?? 0) > 600) return { level: "bad", words: gettext("较差，画面可能卡顿") };
  if ((lost ?? 0) > 0.02 || (roundTrip ?? 0) > 250) return { level: "warn", words: gettext("一般") };
  return { level: "good", words: gettext("良好") };
}

/**
 * What the line carries, out of a stats report; nulls where the peer has not reported yet.
 * @param {Iterable<any>} reports values of RTCStatsReport
 * @returns {Line}
 */
export function linkOfStats(reports) {
  /** @type {Line} */
  const line = { roundTrip: null, lost: null, bitrate: null };
  for (const report of reports) {
    // What the congestion control believes to be free; only browsers with transport-wide feedback say it.
    if (report.type === "candidate-pair" && report.nominated && typeof report.availableOutgoingBitrate === "number") {
      line.bitrate = report.availableOutgoingBitrate;
    }
    if (report.type !== "remote-inbound-rtp") continue;
    if (typeof report.roundTripTime === "number") line.roundTrip = Math.max(line.roundTrip ?? 0, report.roundTripTime * 1000);
    if (typeof report.fractionLost === "number") line.lost = Math.max(line.lost ?? 0, report.fractionLost);
  }
  return line;
}

/**
 * Bits a second that were sent between two looks; null before the second one.
 * @param {{bytes: number, at: number}|null} before
 * @param {{bytes: number, at: number}} now  `at` in milliseconds
 */
export function sentRate(before, now) {
  if (!before || now.at <= before.at || now.bytes < before.bytes) return null;
  return (8000 * (now.bytes - before.bytes)) / (now.at - before.at);
}

/** Bytes of all streams sent so far.
 * @param {Iterable<any>} reports */
export function sentBytes(reports) {
  let bytes = 0;
  for (const report of reports) if (report.type === "outbound-rtp") bytes += report.bytesSent ?? 0;
  return bytes;
}
