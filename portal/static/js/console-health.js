// The health light in words, and what is to be done where something is wrong. Pure: the server's figures in, sentences out.

import { fill } from "./staff-words.js";

/**
 * `advice`: what is lost, what is not, and what to do; only where something is wrong.
 * @typedef {{level: "good"|"warn"|"bad"|"wait", words: string, advice?: string}} Light
 */

// Said only when it is no pause between two sentences any more.
const SILENT_LONG = 60_000;
const BY_WEIGHT = ["link", "recording", "restream", "captions"];

/** The advice that matters most, "" while nothing is wrong. @param {Record<string, Light>} lights by name */
export function adviceOf(lights) {
  return BY_WEIGHT.map((name) => lights[name]?.advice).find(Boolean) ?? "";
}

/** @param {string} socket @returns {Light} */
export function linkLight(socket) {
  if (socket === "open") return { level: "good", words: gettext("连接：正常") };
  if (socket === "refused") {
    const advice = gettext("直播照常。请重新登录，再打开主持台。");
    return { level: "bad", words: gettext("连接：被拒绝，请重新登录"), advice };
  }
  const advice = gettext("直播照常，正在自动重连。这期间按的步骤没有成功会提示，请再按一次。");
  return { level: "bad", words: gettext("连接：断开，正在重连"), advice };
}

/**
 * @param {string} session planned|live|paused|ended
 * @param {any} programme  counters of the programme, null when they could not be had
 * @param {boolean|null} moves  whether it has written since the last look, null when that is not known yet
 * @returns {Light}
 */
export function recordingLight(session, programme, moves) {
  if (session === "planned") return { level: "wait", words: gettext("录制：未开始") };
  if (session === "ended") return { level: "good", words: gettext("录制：已结束") };
  const advice = gettext("实时观众照常看得到；录像、回放和延时观众可能缺一段。系统会自动恢复，一分钟还不好，请叫技术人员。");
  if (!programme) return { level: "bad", words: gettext("录制：没有回应"), advice };
  if (moves === false) return { level: "bad", words: gettext("录制：停住了"), advice };
  const count = programme.restarts ?? 0;
  if (count) return { level: "good", words: fill(gettext("录制：正常，自动恢复过 %(count)s 次"), { count }) };
  return { level: "good", words: gettext("录制：正常") };
}

/**
 * @param {string} session
 * @param {number|null} silentFor ms since the last caption, null when there was none
 * @param {boolean} someoneOn
 * @returns {Light}
 */
export function captionsLight(session, silentFor, someoneOn) {
  if (session !== "live") return { level: "wait", words: gettext("字幕：未开始") };
  if (silentFor === null) {
    const level = someoneOn ? "warn" : "wait";
    return { level, words: gettext("字幕：还没有") };
  }
  if (silentFor < 20_000) return { level: "good", words: gettext("字幕：正常") };
  const words = fill(gettext("字幕：%(seconds)s 秒没有新字"), { seconds: Math.round(silentFor / 1000) });
  if (silentFor < SILENT_LONG) return { level: "warn", words };
  const advice = gettext("台上有人在讲而没有字幕：请看他的麦克风是不是关着。直播和录像不受影响。");
  return { level: "warn", words, advice };
}

/**
 * @param {{name: string, state: string}[] | undefined} targets  engines of others that get the programme too
 * @returns {Light | null} null where there are none
 */
export function restreamLight(targets) {
  if (!targets?.length) return null;
  const named = (/** @type {string} */ state) => targets.filter((one) => one.state === state).map((one) => one.name).join(" · ");
  const broken = named("retrying");
  if (broken) {
    const advice = gettext("本平台的直播和录像不受影响，系统一直在重试。请对方查看推流地址和密钥。");
    return { level: "bad", words: fill(gettext("转播：%(names)s 不通，正在重试"), { names: broken }), advice };
  }
  const taken = named("taken");
  if (taken) return { level: "warn", words: fill(gettext("转播：%(names)s 正由另一场直播使用"), { names: taken }) };
  const opening = named("connecting");
  if (opening) return { level: "wait", words: fill(gettext("转播：正在接通 %(names)s"), { names: opening }) };
  return { level: "good", words: gettext("转播：正常") };
}

/** Pages that play, by the way they do. @param {{webrtc?: number, hls?: number, sound?: number}} counts @returns {Light} */
export function viewersLight({ webrtc = 0, hls = 0, sound = 0 }) {
  const words = fill(gettext("观众：实时 %(webrtc)s · 延时 %(hls)s · 只听 %(sound)s"), { webrtc, hls, sound });
  return { level: "good", words };
}

/**
 * How well the picture and sound of each speaker reach us, from the packets missed for good since the last look.
 * @param {any} media   the engine's figures now
 * @param {any} before  at the last look, null at the first
 * @returns {Record<"main"|"guest"|"cohost", Light|null>} null where nobody sends, or too little is known yet
 */
export function lineWords(media, before) {
  const of = (/** @type {string} */ slot) => {
    const now = find(media, slot);
    const then = find(before, slot);
    if (!now || !then || now.peer !== then.peer) return null;
    if (!now.sending) return /** @type {Light} */ ({ level: "bad", words: gettext("线路：没有声音和画面过来") });
    const packets = total(now, "packets") - total(then, "packets");
    const missed = total(now, "gave_up") - total(then, "gave_up");
    const share = packets + missed > 0 ? missed / (packets + missed) : 0;
    if (share > 0.05) return /** @type {Light} */ ({ level: "bad", words: gettext("线路：很差") });
    if (share > 0.01) return /** @type {Light} */ ({ level: "warn", words: gettext("线路：不稳") });
    return /** @type {Light} */ ({ level: "good", words: gettext("线路：好") });
  };
  return { main: of("main"), guest: of("guest"), cohost: of("cohost") };
}

/** @param {any} media @param {string} slot */
function find(media, slot) {
  return (media?.publishers ?? []).find((/** @type {any} */ publisher) => publisher.slot === slot);
}

/** @param {any} publisher @param {string} name */
function total(publisher, name) {
  return (publisher.streams ?? []).reduce((/** @type {number} */ sum, /** @type {any} */ stream) => sum + (stream[name] ?? 0), 0);
}

/**
 * Seconds for which a dropped guest's seat is still kept.
 * @param {number|null|undefined} until seconds since 1970
 * @param {number} now                  milliseconds since 1970
 */
export function seatSeconds(until, now) {
  return until ? Math.max(0, Math.ceil(until - now / 1000)) : null;
}
