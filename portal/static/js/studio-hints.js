// What the check before the broadcast and the running connection mean, in words. Pure: numbers in, sentence out.

import { fill } from "./staff-words.js";

/** @typedef {{level: "good"|"warn"|"bad"|"wait", words: string}} Hint */

/**
 * Mean brightness (0–255) of RGBA pixels.
 * @param {ArrayLike<number>} pixels
 */
export function brightness(pixels) {
  let sum = 0;
  const count = Math.floor(pixels.length / 4);
  for (let at = 0; at < count * 4; at += 4) sum += 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
  return count ? sum / count : 0;
}

/**
 * @param {number|null} value mean brightness, null without a picture
 * @returns {Hint}
 */
export function lightHint(value) {
  if (value === null) return { level: "wait", words: gettext("光线：等待画面") };
  if (value < 12) return { level: "bad", words: gettext("光线：画面全黑，镜头盖打开了吗？") };
  if (value < 60) return { level: "warn", words: gettext("光线：偏暗，请在面前开一盏灯") };
  if (value > 215) return { level: "warn", words: gettext("光线：太亮，请不要背对窗户") };
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

/**
 * @param {number|null} roundTrip milliseconds to the server and back, null before the first answer
 * @returns {Hint}
 */
export function networkHint(roundTrip) {
  if (roundTrip === null) return { level: "wait", words: gettext("网络：正在测量") };
  const ms = Math.max(1, Math.round(roundTrip));
  if (ms > 800) return { level: "bad", words: fill(gettext("网络：很慢（往返 %(ms)s 毫秒），请换一个网络"), { ms }) };
  if (ms > 250) return { level: "warn", words: fill(gettext("网络：一般（往返 %(ms)s 毫秒）"), { ms }) };
  return { level: "good", words: fill(gettext("网络：良好（往返 %(ms)s 毫秒）"), { ms }) };
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
 * Round-trip and loss out of a stats report; nulls where the peer has not reported yet.
 * @param {Iterable<any>} reports values of RTCStatsReport
 * @returns {{roundTrip: number|null, lost: number|null}}
 */
export function linkOfStats(reports) {
  /** @type {number|null} */
  let roundTrip = null;
  /** @type {number|null} */
  let lost = null;
  for (const report of reports) {
    if (report.type !== "remote-inbound-rtp") continue;
    if (typeof report.roundTripTime === "number") roundTrip = Math.max(roundTrip ?? 0, report.roundTripTime * 1000);
    if (typeof report.fractionLost === "number") lost = Math.max(lost ?? 0, report.fractionLost);
  }
  return { roundTrip, lost };
}
