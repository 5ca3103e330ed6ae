/**
 * Watching over WebRTC: the server offers three fixed slots (main, guest and co-host, sound and picture each), we answer.
 *
 * Events: "attached" (an element got its stream and is to be played), "playing" (first picture), "quality" ("good" | "smaller" | "weak" | "sound" | "waiting"), "reconnecting", and once
 * "broken" with why: "full" | "unplayable" | "unreachable" | "refused" | "moved" (ask for a new one at once). A broken line is closed and not used again.
 */

import { Emitter } from "./emitter.js";
import { iceServers } from "./ice-servers.js";
import { counts, quality, qualityWords } from "./rtc-quality.js";
import { SignalError } from "./signal.js";
import { takeConnection } from "./socket.js";

const CONNECT_WITHIN = 8_000;
const RESTART_AFTER = 1_000;
const RESTART_WITHIN = 6_000;
const LOOK_EVERY = 2_000;
// Picture data that came while nothing could be decoded: the browser cannot play this codec.
const UNPLAYABLE_LOOKS = 3;
// Without a first picture of the leader for so long, the others go ahead.
const OTHERS_AFTER = 1_000;

/** @typedef {{main: HTMLVideoElement, guest: HTMLVideoElement, cohost: HTMLVideoElement}} Slots */
/** @typedef {{track: MediaStreamTrack, transceiver: RTCRtpTransceiver}} Arrival */
/** @typedef {import("./rtc-quality.js").Counts} Counts */

/** Which slot a section of the offer belongs to: mids are `main-audio`, `main-video`, and so on for each slot.
 * @param {string | null} mid @returns {keyof Slots} */
export function slotOf(mid) {
  const slot = mid?.split("-")[0];
  return slot === "guest" || slot === "cohost" ? slot : "main";
}

export class RtcLine extends Emitter {
  bytes = 0;
  #peer = "";
  #closed = false;
  #playing = false;
  #restarts = 0;
  #undecoded = 0;
  /** What waits for the first picture of the leader: opening a sound device keeps the page busy for a tenth of a second
   * or more, and so do players for places that are mostly empty. @type {(() => void)[] | null} */
  #others = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #othersTimer;
  /** @type {"full" | "reduced" | "paused"} what the server says it sends of the picture */
  #picture = "full";
  /** @type {ReturnType<typeof quality>} */
  #measured = "waiting";
  /** @type {(() => void)[]} */
  #ears = [];
  #wake = () => this.#awake();
  /** @type {Counts} */
  #counts = { video: 0, audio: 0, decoded: 0, lost: 0, received: 0 };
  #connection;
  /** @type {Promise<boolean> | undefined} head-start.js has answered the offer, or could not */
  #answered;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watchdog;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #looking;

  /** @param {import("./signal.js").Signal} signal @param {Slots} slots */
  constructor(signal, slots) {
    super();
    this.signal = signal;
    this.slots = slots;
    const begun = takeConnection();
    this.#connection = begun?.connection ?? new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.#answered = begun?.answered;
    if (!this.#answered) this.#connection.ontrack = (event) => this.#arrived(event);
    this.#connection.onconnectionstatechange = () => this.#changed();
    // Another media process took the session over: this connection is dead however it looks.
    this.#ears = [
      signal.on("media_moved", () => this.#break("moved")),
      signal.on("picture", ({ peer, picture }) => peer === this.#peer && this.#pictureIs(picture)),
    ];
    addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
  }

  /** @param {"full" | "reduced" | "paused"} picture */
  #pictureIs(picture) {
    this.#picture = picture;
    if (this.#measured !== "waiting") this.emit("quality", qualityWords(picture, this.#measured));
  }

  /** The network is back, or somebody looks at the page again. */
  #awake() {
    if (document.visibilityState === "visible" && this.#connection.connectionState === "disconnected") this.#restart();
  }

  /** The connection, for statistics. */
  get connection() {
    return this.#connection;
  }

  async open() {
    this.#watch(CONNECT_WITHIN, () => this.#break("unreachable"));
    try {
      // Sent behind hello without waiting for the welcome: one round trip less to the first picture.
      const offer = await this.signal.request("watch", {}, { early: true, seconds: CONNECT_WITHIN / 1000 });
      if (this.#closed) return;
      this.#peer = offer.peer;
      const relays = iceServers(offer);
      if (relays.length) this.#connection.setConfiguration({ bundlePolicy: "max-bundle", iceServers: relays });
      await this.#answer(offer.sdp);
      this.#looking = setInterval(() => this.#look(), LOOK_EVERY);
    } catch (error) {
      this.#break(whyOf(error));
    }
  }

  /** Show on other elements from now on.
   * @param {Slots} slots */
  moveTo(slots) {
    const before = this.slots;
    this.slots = slots;
    for (const name of /** @type {const} */ (["main", "guest", "cohost"])) {
      slots[name].srcObject = before[name].srcObject;
      before[name].srcObject = null;
    }
    if (!this.#playing) this.#awaitPicture();
  }

  /** Leave the room and free the elements. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    for (const deaf of this.#ears) deaf();
    removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
    clearTimeout(this.#watchdog);
    clearTimeout(this.#othersTimer);
    clearInterval(this.#looking);
    if (this.#peer && this.signal.state === "open") {
      this.signal.request("leave", { peer: this.#peer }).catch(() => undefined);
    }
    this.#connection.close();
    // Only what is ours: setting it on an element that plays HLS would reset that.
    for (const video of Object.values(this.slots)) if (video.srcObject) video.srcObject = null;
  }

  /** @param {string} sdp */
  async #answer(sdp) {
    if (await this.#answered) {
      for (const transceiver of this.#connection.getTransceivers()) this.#arrived({ track: transceiver.receiver.track, transceiver });
    } else {
      await this.#connection.setRemoteDescription({ type: "offer", sdp });
      await this.#connection.setLocalDescription(await this.#connection.createAnswer());
    }
    this.#answered = undefined;
    // At once: the server is ICE-lite and needs none of our candidates.
    const accepted = await this.signal.request("accept", { peer: this.#peer, sdp: this.#connection.localDescription?.sdp });
    if (accepted.playable === false) this.#break("unplayable");
  }

  /** @param {Arrival} event */
  #arrived(event) {
    whenWorthIt(event.track, () => this.#attach(event));
  }

  /** @param {Arrival} event */
  #attach(event) {
    const { track } = event;
    const slot = slotOf(event.transceiver.mid);
    if (this.#closed) return;
    if (this.#others && (track.kind === "audio" || slot !== "main")) {
      this.#others.push(() => this.#attach(event));
      this.#othersTimer ??= setTimeout(() => this.#attachOthers(), OTHERS_AFTER);
      return;
    }
    const video = this.slots[slot];
    if (video.srcObject instanceof MediaStream) video.srcObject.addTrack(track);
    else video.srcObject = new MediaStream([track]);
    this.emit("attached", video);
    if (slot === "main" && track.kind === "video") this.#awaitPicture();
  }

  #awaitPicture() {
    const video = this.slots.main;
    whenPainted(video, () => {
      // An element that was given up meanwhile shows somebody else's picture.
      if (this.#playing || this.#closed || video !== this.slots.main) return;
      this.#playing = true;
      this.#attachOthers();
      this.emit("playing");
    });
  }

  #attachOthers() {
    clearTimeout(this.#othersTimer);
    const others = this.#others ?? [];
    this.#others = null;
    if (!this.#closed) for (const attach of others) attach();
  }

  #changed() {
    const { connectionState } = this.#connection;
    if (this.#closed) return;
    if (connectionState === "connected") {
      clearTimeout(this.#watchdog);
      this.#restarts = 0;
      this.emit("connected");
    } else if (connectionState === "disconnected") {
      this.emit("reconnecting");
      this.#watch(RESTART_AFTER, () => this.#restart());
    } else if (connectionState === "failed") this.#restart();
    else if (connectionState === "closed") this.#break("unreachable");
  }

  /** New addresses on the same keys; twice without success and another line is better. */
  async #restart() {
    if (this.#closed) return;
    if (++this.#restarts > 2) return this.#break("unreachable");
    this.#watch(RESTART_WITHIN, () => this.#restart());
    try {
      const offer = await this.signal.request("restart", { peer: this.#peer }, { seconds: 4 });
      if (!this.#closed) await this.#answer(offer.sdp);
    } catch (error) {
      // A peer that the server has forgotten cannot be restarted, but a new one can be had.
      if (error instanceof SignalError && error.code === "not_found") this.#break("moved");
    }
  }

  async #look() {
    const now = counts(await this.#connection.getStats());
    if (this.#closed) return;
    this.bytes = now.video + now.audio;
    this.#measured = quality(now, this.#counts);
    if (this.#connection.connectionState === "connected") this.emit("quality", qualityWords(this.#picture, this.#measured));
    const fresh = now.video > this.#counts.video && now.decoded === this.#counts.decoded;
    this.#undecoded = fresh && document.visibilityState === "visible" ? this.#undecoded + 1 : 0;
    this.#counts = now;
    if (this.#undecoded >= UNPLAYABLE_LOOKS) this.#break("unplayable");
  }

  /** @param {number} wait @param {() => void} work */
  #watch(wait, work) {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(work, wait);
  }

  /** @param {"full" | "unplayable" | "unreachable" | "refused" | "moved"} why */
  #break(why) {
    if (this.#closed) return;
    this.close();
    this.emit("broken", why);
  }
}

/** @param {unknown} error */
function whyOf(error) {
  if (!(error instanceof SignalError)) return "unplayable";
  if (error.code === "full" || error.code === "try_later" || error.code === "too_many") return "full";
  return error.code === "not_allowed" ? "refused" : "unreachable";
}

/** Now, but while the page is loading not before there is something to show: a player of an empty place would hold up the
 * page's load event until somebody comes.
 * @param {MediaStreamTrack} track @param {() => void} then */
function whenWorthIt(track, then) {
  if (!track.muted || document.readyState === "complete") return then();
  const once = () => {
    track.removeEventListener("unmute", once);
    removeEventListener("load", once);
    then();
  };
  track.addEventListener("unmute", once);
  addEventListener("load", once);
}

/** @param {HTMLVideoElement} video @param {() => void} then */
function whenPainted(video, then) {
  if (typeof video.requestVideoFrameCallback === "function") video.requestVideoFrameCallback(then);
  else video.addEventListener("playing", then, { once: true });
}
