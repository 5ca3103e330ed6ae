/**
 * The picture of a broadcast, by the best line there is. Event: "state" {state, line}, see WatchState.
 *
 * WebRTC first. Where it is full, fails or cannot be played the programme comes over (LL-)HLS into the main element
 * (it is mixed: the guest is in it), and WebRTC is tried again later unless this browser cannot play it at all.
 * The media do not depend on the socket: when that is down, what plays goes on.
 */

import { Retry } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { RtcLine } from "./watch-rtc.js";

// When WebRTC failed: the first and the longest pause before it is tried again beside HLS.
const FIRST_RETRY = 20_000;
const LAST_RETRY = 300_000;
// WebRTC that is not connected by then goes on trying beside HLS: a network may swallow its packets without a word.
const PATIENCE = 3_500;
const FETCH_AGAIN = 2_000;
const slotNames = /** @type {const} */ (["main", "guest", "cohost"]);
// An answer that took longer than this did not come over a living line.
const DEAD_FOR = 3_000;

/** @typedef {"idle" | "connecting" | "waiting" | "good" | "smaller" | "weak" | "sound" | "delayed" | "listening" | "reconnecting"} WatchState
 * waiting: connected, nobody on air yet; smaller: a smaller picture, by the server's choice; sound: the picture rests, sound comes; delayed: HLS plays, some seconds late;
 * listening: sound alone, by choice */
/** @typedef {import("./watch-rtc.js").Slots} Slots */
/** @typedef {Omit<Slots, "cohost"> & Partial<Slots>} PageSlots a page without a place for the co-host hears them all the same */

export class Watcher extends Emitter {
  /** @type {WatchState} */
  state = "idle";
  /** @type {"none" | "rtc" | "hls"} what feeds the main element now */
  line = "none";
  muted = true;
  /** Sound alone, by choice: the programme's sound over HLS, no picture is sent to us at all. */
  soundOnly = false;
  /** @type {RtcLine | null} */
  #rtc = null;
  /** @type {import("./watch-hls.js").HlsLine | null} */
  #hls = null;
  #retry = new Retry({ first: FIRST_RETRY, most: LAST_RETRY });
  #rtcUnplayable = typeof RTCPeerConnection === "undefined";
  #bytesBefore = 0;
  #why = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;
  /** The player is on its way; another object, or none, when it is no longer wanted. @type {object | null} */
  #fetching = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #fetchingAgain;
  #deaf = () => {};

  /** @param {import("./signal.js").Signal} signal @param {PageSlots} slots
   * @param {{hls?: string, library?: string, own?: keyof Slots}} [options] without `hls` there is no fallback (stage);
   * `own`: the slot that carries our own voice, never made audible */
  constructor(signal, slots, { hls = "", library = "", own } = {}) {
    super();
    this.signal = signal;
    /** @type {Slots} */
    this.slots = { cohost: silentVideo(), ...slots };
    this.address = hls;
    this.library = library;
    this.audible = slotNames.filter((name) => name !== own).map((name) => this.slots[name]);
    if (!hls) this.#retry = new Retry({ first: 1_000, most: 10_000 });
  }

  /** Bytes received so far, over all lines. */
  get bytes() {
    return this.#bytesBefore + (this.#rtc?.bytes ?? 0) + (this.#hls?.bytes ?? 0);
  }

  /** The WebRTC connection in use, for statistics. */
  get connection() {
    return this.#rtc?.connection ?? null;
  }

  start() {
    if (this.state !== "idle") return;
    this.#become("connecting");
    this.#setMuted();
    // The network is back: what failed for want of it is worth another try at once.
    this.#deaf = this.signal.on("welcome", ({ again }) => again && this.#why === "unreachable" && this.#retry.hurry());
    if (this.#rtcUnplayable || this.soundOnly) this.#fallBack();
    else this.#tryRtc();
  }

  /** @param {boolean} on */
  listenOnly(on) {
    if (on === this.soundOnly) return;
    this.soundOnly = on;
    if (this.state === "idle") return;
    this.stop();
    this.start();
  }

  stop() {
    this.#deaf();
    this.#retry.cancel();
    this.#closeRtc();
    this.#closeHls();
    this.#use("none");
    this.#become("idle");
  }

  /** Sound on; call it from a tap. Where the browser still refuses, the picture goes on silent: event "silenced". */
  unmute() {
    this.muted = false;
    this.#setMuted();
    for (const video of this.audible) if (video.srcObject || video.src) this.#play(video);
  }

  /** @param {HTMLVideoElement} video */
  async #play(video) {
    try {
      await video.play();
    } catch (error) {
      // "AbortError" is only another picture coming in between.
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError" || video.muted) return;
      this.muted = true;
      this.#setMuted();
      video.play().catch(() => undefined);
      this.emit("silenced");
    }
  }

  #setMuted() {
    for (const video of Object.values(this.slots)) video.muted = this.muted || !this.audible.includes(video);
  }

  /** @param {WatchState} state */
  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.emit("state", { state, line: this.line });
  }

  /** @param {"none" | "rtc" | "hls"} line */
  #use(line) {
    if (line === this.line) return;
    this.line = line;
    this.emit("line", line);
  }

  #tryRtc() {
    this.#closeRtc();
    // While HLS plays, the new line waits with elements of its own until it has a picture.
    const rtc = openLine(this.signal, this.line === "hls" ? silentSlots() : this.slots);
    if (rtc === null) {
      this.#rtcUnplayable = true;
      return this.#fallBack();
    }
    this.#rtc = rtc;
    rtc.on("attached", (video) => this.#play(video));
    rtc.on("broken", (why) => this.#rtcBroke(rtc, why));
    rtc.on("connected", () => rtc.slots === this.slots && this.#connected());
    rtc.on("reconnecting", () => rtc.slots === this.slots && this.#become("reconnecting"));
    rtc.on("quality", (word) => this.line === "rtc" && this.#become(word));
    rtc.on("playing", () => (rtc.slots === this.slots ? this.#playing() : this.#adopt(rtc)));
    if (this.address && rtc.slots === this.slots) this.#patience = setTimeout(() => this.#setAside(rtc), PATIENCE);
    rtc.open();
  }

  #connected() {
    clearTimeout(this.#patience);
    this.#use("rtc");
    if (this.state === "connecting" || this.state === "reconnecting") this.#become("waiting");
  }

  #playing() {
    this.#retry.succeeded();
    this.#use("rtc");
    this.#become("good");
  }

  /** @param {RtcLine} rtc */
  #setAside(rtc) {
    rtc.moveTo(silentSlots());
    this.#playHls();
  }

  /** The trial has a picture: its streams go to the page's elements and HLS ends.
   * @param {RtcLine} rtc */
  #adopt(rtc) {
    this.#closeHls();
    rtc.moveTo(this.slots);
    this.#setMuted();
    for (const video of Object.values(this.slots)) this.#play(video);
    this.#playing();
  }

  /** @param {RtcLine} rtc @param {string} why */
  #rtcBroke(rtc, why) {
    if (rtc !== this.#rtc) return;
    this.#closeRtc();
    this.#why = why;
    this.emit("trouble", why);
    if (why === "unplayable") this.#rtcUnplayable = true;
    if (why === "moved") this.#tryRtc();
    else this.#fallBack();
    if (why === "unreachable") this.#hearOfReturn();
  }

  /** The network may be gone altogether: an answer that took long says that it is back, and worth another try. */
  async #hearOfReturn() {
    const begun = performance.now();
    try {
      await this.signal.request("ping", {}, { seconds: 120 });
    } catch {
      return; // a new socket says welcome
    }
    if (performance.now() - begun > DEAD_FOR) this.#retry.hurry();
  }

  #fallBack() {
    if (!this.#rtcUnplayable && !this.soundOnly) this.#retry.later(() => this.#tryRtc());
    this.#playHls();
  }

  #playHls() {
    if (this.#hls || this.#fetching) return;
    this.#become("reconnecting");
    if (!this.address) return;
    this.#use("hls");
    this.#fetchHls();
  }

  /** The player comes when it is needed; most viewers never need it. */
  async #fetchHls() {
    const fetching = (this.#fetching = {});
    try {
      const { HlsLine } = await import("./watch-hls.js");
      if (this.#fetching === fetching) this.#openHls(new HlsLine(this.slots.main, this.#wanted(), this.library));
    } catch {
      if (this.#fetching === fetching) this.#fetchingAgain = setTimeout(() => this.#fetchHls(), FETCH_AGAIN);
    }
  }

  /** @param {import("./watch-hls.js").HlsLine} hls */
  #openHls(hls) {
    this.#fetching = null;
    this.#hls = hls;
    hls.on("attached", (video) => this.#play(video));
    hls.on("playing", () => this.#become(this.soundOnly ? "listening" : "delayed"));
    hls.on("stalled", () => this.#become("reconnecting"));
    hls.open();
  }

  #wanted() {
    return this.soundOnly ? this.address.replace(/[^/]*$/, "a0/live.m3u8") : this.address;
  }

  #closeRtc() {
    clearTimeout(this.#patience);
    const rtc = this.#rtc;
    this.#rtc = null;
    this.#bytesBefore += rtc?.bytes ?? 0;
    rtc?.close();
  }

  #closeHls() {
    this.#fetching = null;
    clearTimeout(this.#fetchingAgain);
    const hls = this.#hls;
    this.#hls = null;
    this.#bytesBefore += hls?.bytes ?? 0;
    hls?.close();
  }
}

/** A new line, or null where the browser has WebRTC in name only: switched off by a policy or an extension, it throws.
 * @param {import("./signal.js").Signal} signal @param {Slots} slots */
function openLine(signal, slots) {
  try {
    return new RtcLine(signal, slots);
  } catch {
    return null;
  }
}

/** @returns {Slots} */
function silentSlots() {
  return { main: silentVideo(), guest: silentVideo(), cohost: silentVideo() };
}

function silentVideo() {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  return video;
}
