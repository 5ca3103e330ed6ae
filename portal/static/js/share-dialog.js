/** Asking what to share, in the studio and at a department's seat; telling the server, so that it is shown large. */

import { need, toast } from "./dom.js";
import { Share } from "./share.js";

export class ShareDialog {
  share = new Share();
  #dialog = need("[data-share-dialog]", HTMLDialogElement);
  #open = need("[data-share-open]", HTMLButtonElement);
  #stop = need("[data-share-stop]", HTMLButtonElement);
  #trouble = need("[data-share-trouble]", HTMLElement);

  /**
   * @param {import("./signal.js").Signal} signal
   * @param {{camera: () => MediaStream|null, send: (stream: MediaStream) => void}} how
   */
  constructor(signal, { camera, send }) {
    this.signal = signal;
    const file = need("[data-share-picture]", HTMLInputElement);
    const screen = need("[data-share-screen]", HTMLButtonElement);
    screen.hidden = !Share.hasScreens;
    this.#open.addEventListener("click", () => this.#show());
    this.#stop.addEventListener("click", () => this.share.stop());
    need("[data-share-close]", HTMLButtonElement).addEventListener("click", () => this.#dialog.close());
    screen.addEventListener("click", () => {
      const stream = camera();
      if (stream) void this.share.screen(stream);
    });
    file.addEventListener("change", () => {
      const [stream, picture] = [camera(), file.files?.[0]];
      if (stream && picture) void this.share.picture(stream, picture);
      file.value = "";
    });
    this.share.on("trouble", (words) => this.#say(words));
    this.share.on("stream", (stream) => {
      send(stream);
      this.#changed();
    });
  }

  get on() {
    return this.share.stream !== null;
  }

  /** Said again after the server may have forgotten it: a new connection, another media process. */
  tell() {
    this.signal.request("share", { on: this.on }).catch((error) => toast(error.message));
  }

  #show() {
    this.#say("");
    this.#dialog.showModal();
  }

  #changed() {
    this.#open.hidden = this.on;
    this.#stop.hidden = !this.on;
    this.#dialog.close();
    this.tell();
  }

  /** @param {string} words */
  #say(words) {
    this.#trouble.textContent = words;
    this.#trouble.hidden = words === "";
  }
}
