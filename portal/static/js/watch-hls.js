/**
 * Playing the programme over (LL-)HLS in one video element, live or from the recording. hls.js comes only when it is
 * needed. Events: "ready" (list read), "attached" (live: to be played), "missing" (no list; its HTTP status), "cues" (words
 * of the list), "playing", "stalled", "ended" (the list became final).
 */

import { Retry } from "./backoff.js";
import { Emitter } from "./emitter.js";

// Behind this many seconds the picture jumps to the present (a page that slept).
const TOO_FAR_BEHIND = 12;
// Until the list and the first segment are here, time has passed: a live picture that begins this much later than it could
// leaps there once, as soon as this much lies ahead of it. hls.js alone would need ten seconds of faster play.
const LATE_BEGIN = 0.3;
const AHEAD = 0.5;
const BEGIN_WITHIN = 10_000;
// What the first stall adds to the distance from the present, in seconds; hls.js itself would add a whole second.
const ROOM_PER_STALL = 0.2;

/** @typedef {InstanceType<HlsLibrary>} Hls */

/** @type {Promise<HlsLibrary | undefined> | undefined} */
let loading;

/** Load hls.js once; undefined when the browser cannot use it or it could not be had.
 * @param {string} address @returns {Promise<HlsLibrary | undefined>} */
function loadHls(address) {
  loading ??= new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Hls);
    script.onerror = () => {
      loading = undefined;
      script.remove();
      resolve(undefined);
    };
    document.head.append(script);
  });
  return loading;
}

export class HlsLine extends Emitter {
  bytes = 0;
  /** @type {Hls | null} */
  #hls = null;
  #closed = false;
  #mended = 0;
  /** Until when the picture may leap to the present of its own accord; 0: it has, or may not. */
  #beginning = 0;
  #retry = new Retry({ first: 1_000, most: 10_000 });
  /** @type {() => void} */
  #wake = () => {
    this.#retry.hurry();
    this.#toPresent();
  };

  /** @param {HTMLVideoElement} video @param {string} address of the list @param {string} library of hls.js
   * @param {{live?: boolean}} [options] */
  constructor(video, address, library, { live = true } = {}) {
    super();
    this.video = video;
    this.address = address;
    this.library = library;
    this.live = live;
  }

  async open() {
    const Library = await loadHls(this.library);
    if (this.#closed) return;
    this.video.addEventListener("playing", this.#playing);
    this.video.addEventListener("waiting", this.#stalled);
    document.addEventListener("visibilitychange", this.#wake);
    addEventListener("online", this.#wake);
    // Chromium claims native HLS too and then ignores the low-latency parts: hls.js first.
    if (Library?.isSupported()) this.#attach(Library);
    else this.#native();
  }

  /** Another list of the same recording, from where it stands. @param {string} address */
  async turnTo(address) {
    this.address = address;
    const { video } = this;
    if (!this.#hls && !video.src) return;
    const { currentTime, paused } = video;
    const goOn = () => {
      video.currentTime = currentTime;
      if (!paused) video.play().catch(() => undefined);
    };
    video.addEventListener("loadedmetadata", goOn, { once: true });
    const Library = await loadHls(this.library);
    this.#hls?.destroy();
    if (this.#hls && Library) this.#attach(Library);
    else this.#native();
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#retry.cancel();
    this.video.removeEventListener("playing", this.#playing);
    this.video.removeEventListener("waiting", this.#stalled);
    this.video.onerror = null;
    document.removeEventListener("visibilitychange", this.#wake);
    removeEventListener("online", this.#wake);
    this.#hls?.destroy();
    this.#hls = null;
    this.video.removeAttribute("src");
    this.video.load();
  }

  #playing = () => {
    this.#retry.succeeded();
    this.#mended = 0;
    this.emit("playing");
  };

  #stalled = () => this.emit("stalled");

  /** @param {HlsLibrary} Library */
  #attach(Library) {
    // Its own text tracks would need what the Content-Security-Policy forbids: pages show captions themselves.
    const hls = new Library({
      renderTextTracksNatively: false,
      lowLatencyMode: this.live,
      // A recording begins at its beginning, one that is still being made too.
      startPosition: this.live ? -1 : 0,
      backBufferLength: 30,
      maxLiveSyncPlaybackRate: this.live ? 1.2 : 1,
      liveSyncOnStallIncrease: ROOM_PER_STALL,
    });
    this.#hls = hls;
    this.#beginning = this.live ? performance.now() + BEGIN_WITHIN : 0;
    hls.on(Library.Events.FRAG_BUFFERED, (_event, data) => {
      this.bytes += (data.part ?? data.frag).stats.loaded;
      if (this.#beginning) this.#beginAtPresent();
    });
    hls.on(Library.Events.LEVEL_UPDATED, (_event, data) => {
      if (this.live && !data.details.live) this.emit("ended");
    });
    hls.on(Library.Events.MANIFEST_PARSED, () => {
      this.emit("ready");
      if (this.live) this.emit("attached", this.video);
    });
    hls.on(Library.Events.CUES_PARSED, (_event, data) => this.emit("cues", data.cues));
    hls.on(Library.Events.ERROR, (_event, data) => {
      if (data.details === Library.ErrorDetails.MANIFEST_LOAD_ERROR) this.emit("missing", data.response?.code);
      if (data.fatal) this.#mend(Library, data.type === Library.ErrorTypes.MEDIA_ERROR);
    });
    hls.loadSource(this.address);
    hls.attachMedia(this.video);
  }

  /** A broken picture is mended in place first; anything else starts anew after a pause, for ever.
   * @param {HlsLibrary} Library @param {boolean} media */
  #mend(Library, media) {
    if (this.#closed) return;
    this.emit("stalled");
    if (media && this.#mended++ < 2) return this.#hls?.recoverMediaError();
    this.#retry.later(() => {
      const at = this.video.currentTime;
      this.#hls?.destroy();
      this.#attach(Library);
      if (!this.live && at > 0) this.video.currentTime = at;
    });
  }

  #native() {
    const play = () => {
      this.video.src = this.address;
      if (this.live) this.emit("attached", this.video);
    };
    this.video.onerror = () => {
      this.emit("stalled");
      this.#retry.later(play);
    };
    play();
  }

  #beginAtPresent() {
    const present = this.#hls?.liveSyncPosition;
    const { buffered, currentTime, readyState } = this.video;
    if (performance.now() > this.#beginning) this.#beginning = 0;
    if (!present || readyState < HTMLMediaElement.HAVE_FUTURE_DATA || !buffered.length) return;
    const target = Math.min(present, buffered.end(buffered.length - 1) - AHEAD);
    // Further behind: the next part is awaited, so that one leap is enough.
    if (present - target > LATE_BEGIN) return;
    this.#beginning = 0;
    if (target - currentTime > LATE_BEGIN) this.video.currentTime = target;
  }

  #toPresent() {
    const present = this.#hls?.liveSyncPosition;
    if (!this.live || !present || document.visibilityState !== "visible") return;
    if (present - this.video.currentTime > TOO_FAR_BEHIND) this.video.currentTime = present;
  }
}
