// What the studio sends and what it receives: our picture out, the guest's picture and sound in, a screen that stays on.

import { Emitter } from "./emitter.js";
import { Publisher } from "./publish.js";
import { linkOfStats, sentBytes, sentRate } from "./studio-hints.js";
import { hasFace } from "./studio-phase.js";
import { Watcher } from "./watch.js";

/** Events: "state" (of the publisher), "replaced" (another window sends now), "refused" (sentence). */
export class StudioMedia extends Emitter {
  /** @type {Publisher|null} */
  #publisher = null;
  /** @type {Watcher|null} */
  #watcher = null;
  /** @type {WakeLockSentinel|undefined} */
  #awake;
  /** @type {{bytes: number, at: number}|null} */
  #sent = null;

  /**
   * @param {import("./signal.js").Signal} signal
   * @param {{main: HTMLVideoElement, guest: HTMLVideoElement, cohost: HTMLVideoElement}} slots
   */
  constructor(signal, slots) {
    super();
    this.signal = signal;
    this.slots = slots;
    document.addEventListener("visibilitychange", () => {
      // The browser takes the lock away from a hidden page.
      if (this.#publisher?.state === "on") void this.#stayAwake();
    });
  }

  /** @param {MediaStream} stream */
  send(stream) {
    if (this.#publisher && this.#publisher.stream !== stream) void this.#publisher.replace(stream);
    this.#publisher ??= this.#newPublisher(stream);
    void this.#publisher.start();
    void this.#stayAwake();
  }

  /** @param {MediaStream} stream */
  #newPublisher(stream) {
    const publisher = new Publisher(this.signal, stream);
    publisher.on("state", (state) => {
      if (state === "replaced") this.emit("replaced");
      this.emit("state", state);
    });
    publisher.on("refused", (error) => this.emit("refused", error.message));
    return publisher;
  }

  /**
   * The guest, from the check on, so that the picture is there at the moment they are put on; and a co-host on stage.
   * @param {any|null} guest of the stage message
   * @param {any[]} cohosts of the stage message
   */
  watch(guest, cohosts) {
    const called = hasFace(guest) && ["checking", "ready", "on"].includes(guest.state);
    if (!called && !cohosts.some((seat) => seat.on)) return this.#stopWatching();
    if (!this.#watcher) {
      this.#watcher = new Watcher(this.signal, this.slots, { own: "main" });
      this.#watcher.unmute();
      this.#watcher.start();
    }
    // Everybody but ourselves: our own voice coming back would be an echo.
    this.slots.guest.muted = this.slots.cohost.muted = false;
    this.slots.main.muted = true;
  }

  #stopWatching() {
    this.#watcher?.stop();
    this.#watcher = null;
  }

  /** Nothing out, nothing in; `send` may begin again. */
  stop() {
    this.#stopWatching();
    this.#publisher?.stop();
    this.#publisher = null;
    void this.#awake?.release();
  }

  /** @returns {Promise<{media: string} & import("./studio-hints.js").Line>} for `linkHint` and `networkHint` */
  async link() {
    const unknown = { roundTrip: null, lost: null, bitrate: null };
    const publisher = this.#publisher;
    if (!publisher) return { media: "none", ...unknown };
    const { connection } = publisher;
    if (!connection) return { media: "failed", ...unknown };
    const reports = [...(await connection.getStats()).values()];
    const line = linkOfStats(reports);
    const now = { bytes: sentBytes(reports), at: performance.now() };
    line.bitrate ??= sentRate(this.#sent, now);
    this.#sent = now;
    return { media: connection.connectionState, ...line };
  }

  async #stayAwake() {
    if (this.#awake || !("wakeLock" in navigator) || document.visibilityState !== "visible") return;
    try {
      this.#awake = await navigator.wakeLock.request("screen");
      this.#awake.addEventListener("release", () => (this.#awake = undefined));
    } catch {
      // A tablet low on power may refuse; the broadcast goes on.
    }
  }
}
