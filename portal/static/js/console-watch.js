// Keeps an eye on the broadcast for the moderator: the small preview, and the health light in words.

import { captionsLight, lineWords, linkLight, recordingLight, restreamLight, viewersLight } from "./console-health.js";
import { Preview } from "./console-preview.js";
import { need } from "./dom.js";
import { ProgrammeView } from "./programme-view.js";
import { SignalError } from "./signal.js";
import { Watcher } from "./watch.js";

const LOOK_EVERY = 5_000;

export class HealthWatch {
  /**
   * @param {import("./signal.js").Signal} signal
   * @param {import("./console-stage.js").StageStrip} strip
   * @param {any} page
   */
  constructor(signal, strip, page) {
    this.signal = signal;
    this.strip = strip;
    this.preview = new Preview();
    const root = need("[data-console]", HTMLElement);
    const library = root.dataset.library ?? "";
    // Nobody can watch a rehearsal: it has no programme to be seen.
    this.programme = root.querySelector("[data-programme]") ? new ProgrammeView(root) : null;
    this.watcher = new Watcher(signal, this.preview.slots, { hls: page.hls, library });
    this.state = page.session.state;
    /** @type {number|null} */
    this.captionAt = null;
    /** What the programme last said it wrote. @type {string|null} */
    this.wrote = null;
    this.counted = false;
    /** The engine's figures at the last look. @type {any} */
    this.media = null;
  }

  start() {
    const { signal, strip, watcher } = this;
    signal.on("state", (state) => strip.light("link", linkLight(state)));
    signal.on("viewers", (counts) => {
      this.counted = true;
      strip.light("viewers", viewersLight(counts));
    });
    signal.on("caption", () => {
      this.captionAt = performance.now();
      this.#captions();
    });
    watcher.on("state", ({ state }) => this.preview.say(state));
    watcher.on("line", () => this.stage(this.strip.stage));
    signal.on("welcome", () => void this.#look());
    setInterval(() => void this.#look(), LOOK_EVERY);
  }

  /** @param {any} stage of the stage message */
  stage(stage) {
    this.preview.show(stage, this.watcher.line);
  }

  /** @param {string} state */
  session(state) {
    this.state = state;
    if (state === "live" || state === "paused") this.watcher.start();
    else this.watcher.stop();
    this.programme?.show(state === "live" || state === "paused");
    this.#captions();
    if (state === "planned" || state === "ended") this.strip.light("recording", recordingLight(state, null, null));
  }

  /** @param {string} name */
  layout(name) {
    this.preview.lay(name);
    for (const button of document.querySelectorAll("button[data-layout]")) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-layout") === name));
    }
  }

  #captions() {
    const silent = this.captionAt === null ? null : performance.now() - this.captionAt;
    const someoneOn = Boolean(this.strip.stage?.main?.present);
    this.strip.light("captions", captionsLight(this.state, silent, someoneOn));
  }

  async #look() {
    this.#captions();
    if ((this.state !== "live" && this.state !== "paused") || this.signal.state !== "open") return;
    try {
      const found = await this.signal.request("statistics");
      this.#recording(found.programme?.programme ?? null);
      this.#restream(restreamLight(found.programme?.restream));
      if (found.programme?.layout) this.layout(found.programme.layout);
      this.strip.lines(lineWords(found.media, this.media));
      this.media = found.media;
      if (!this.counted) this.strip.light("viewers", viewersLight({ webrtc: found.media?.receivers?.length, ...found.sockets }));
    } catch (error) {
      if (!(error instanceof SignalError)) throw error;
      this.strip.light("recording", recordingLight(this.state, null, null));
    }
  }

  /** @param {import("./console-health.js").Light | null} light */
  #restream(light) {
    need("[data-light=restream]", HTMLElement).hidden = light === null;
    this.strip.light("restream", light ?? { level: "wait", words: "" });
  }

  /** @param {any} programme */
  #recording(programme) {
    const wrote = programme?.last ? JSON.stringify(programme.last) : null;
    const moves = wrote === null || this.wrote === null ? null : wrote !== this.wrote;
    this.wrote = wrote;
    this.strip.light("recording", recordingLight(this.state, programme, moves));
  }
}
