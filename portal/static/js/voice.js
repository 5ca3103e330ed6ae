/** Hold to speak: a button that records while it is held; a short tap begins, the next one ends (large print, keyboards). */

import { position } from "./time.js";

const LONGEST_MS = 120_000;
const TAP_MS = 500;
const PIECE_MS = 1_000;
// Every third piece: each time the whole recording is written.
const KEPT_EVERY = 3;
const BITS = 24_000;
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

export function canRecord() {
  return typeof MediaRecorder === "function" && Boolean(navigator.mediaDevices?.getUserMedia);
}

export class VoiceButton {
  /** @type {MediaRecorder | null} */
  #recorder = null;
  #pressedAt = 0;
  #held = false;
  #busy = false;

  /** @param {HTMLButtonElement} button @param {{words: HTMLElement, grows: (sound: Blob) => void, taken: (sound: Blob) => void, failed: (why: string) => void}} options
   * words: what the button says; grows: what there is so far, while it is being recorded */
  constructor(button, { words, grows, taken, failed }) {
    this.button = button;
    this.words = words;
    this.grows = grows;
    this.taken = taken;
    this.failed = failed;
    this.#say();
    button.addEventListener("pointerdown", ({ pointerId }) => {
      // The words change while it is held, and the button with them: the finger is heard wherever it is lifted.
      button.setPointerCapture(pointerId);
      this.#press();
    });
    for (const end of ["pointerup", "pointercancel"]) button.addEventListener(end, () => this.#release());
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    button.addEventListener("keydown", (event) => {
      if (event.repeat || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      this.#toggle();
    });
    // A screen reader's click comes without a pointer.
    button.addEventListener("click", (event) => event.detail === 0 && !event.clientX && this.#toggle());
  }

  #press() {
    if (this.#recorder) return this.stop();
    this.#pressedAt = performance.now();
    this.#held = true;
    this.#start();
  }

  #release() {
    const tap = performance.now() - this.#pressedAt < TAP_MS;
    const held = this.#held;
    this.#held = false;
    if (held && !tap && this.#recorder) this.stop();
  }

  #toggle() {
    if (this.#recorder) this.stop();
    else this.#start();
  }

  async #start() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
      this.#record(stream);
    } catch {
      this.failed(gettext("没有拿到话筒。请在浏览器里允许使用话筒，或者打字提问。"));
    } finally {
      this.#busy = false;
    }
  }

  /** @param {MediaStream} stream */
  #record(stream) {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS });
    /** @type {Blob[]} */
    const pieces = [];
    const began = performance.now();
    const timer = setInterval(() => {
      this.#say(performance.now() - began);
      if (performance.now() - began > LONGEST_MS) this.stop();
    }, 250);
    const sound = () => new Blob(pieces, { type: recorder.mimeType });
    recorder.ondataavailable = ({ data }) => {
      pieces.push(data);
      if (recorder.state === "recording" && pieces.length % KEPT_EVERY === 0) this.grows(sound());
    };
    recorder.onstop = () => {
      clearInterval(timer);
      for (const track of stream.getTracks()) track.stop();
      this.#recorder = null;
      this.#say();
      if (performance.now() - began < TAP_MS) this.failed(gettext("太短了，请再说一次。"));
      else this.taken(sound());
    };
    recorder.start(PIECE_MS);
    this.#recorder = recorder;
    this.#say(0);
  }

  stop() {
    if (this.#recorder?.state === "recording") this.#recorder.stop();
  }

  /** @param {number | null} [ms] since it began */
  #say(ms = null) {
    this.button.setAttribute("aria-pressed", String(ms !== null));
    this.words.textContent = ms === null ? gettext("按住说话") : interpolate(gettext("正在录音 %s，松开或再点一下结束"), [position(ms)]);
  }
}
