// What the audience sees, small and without sound. It is one more picture to fetch and to draw on a busy machine: nothing
// of it is loaded before somebody asks for it.

import { need, shelf } from "./dom.js";

const KEPT = "programme view";

export class ProgrammeView {
  /** @type {import("./watch-hls.js").HlsLine | null} */
  #line = null;
  #onAir = false;
  #kept = shelf();

  /** @param {HTMLElement} root of the studio or the console */
  constructor(root) {
    this.root = root;
    this.box = need("[data-programme]", HTMLElement, root);
    this.video = need("[data-programme-video]", HTMLVideoElement, root);
    this.wait = need("[data-programme-wait]", HTMLElement, root);
    this.button = need("[data-programme-switch]", HTMLButtonElement, root);
    this.button.addEventListener("click", () => {
      this.#kept.setItem(KEPT, this.#wanted ? "" : "1");
      this.#draw();
    });
  }

  get #wanted() {
    return this.#kept.getItem(KEPT) === "1";
  }

  /** @param {boolean} onAir whether there is a programme */
  show(onAir) {
    this.#onAir = onAir;
    this.#draw();
  }

  #draw() {
    const shown = this.#onAir && this.#wanted;
    this.button.setAttribute("aria-pressed", String(this.#wanted));
    this.box.hidden = !shown;
    this.root.toggleAttribute("data-with-programme", shown);
    if (shown) void this.#open();
    else this.#close();
  }

  async #open() {
    if (this.#line) return;
    const { HlsLine } = await import("./watch-hls.js");
    // Meanwhile the switch may have been pressed again.
    if (this.#line || this.box.hidden) return;
    const { address = "", library = "" } = this.box.dataset;
    const line = (this.#line = new HlsLine(this.video, address, library));
    line.on("attached", () => void this.video.play().catch(() => undefined));
    line.on("playing", () => (this.wait.hidden = true));
    line.on("stalled", () => (this.wait.hidden = false));
    void line.open();
  }

  #close() {
    this.#line?.close();
    this.#line = null;
    this.wait.hidden = false;
  }
}
