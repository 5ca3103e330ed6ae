// The small preview: who is in it and how it lies, as in the programme that the public sees.

import { need } from "./dom.js";
import { hasFace, seatInView } from "./studio-phase.js";

/** @typedef {"main"|"guest"|"cohost"} Slot */

/**
 * Who is seen, and who comes first: a shared screen does. Over HLS the programme comes mixed. Pure.
 * @param {any} stage of the stage message
 * @param {string} line none|rtc|hls
 * @returns {{seen: Slot[], lead: Slot}}
 */
export function previewOf(stage, line) {
  if (line === "hls") return { seen: ["main"], lead: "main" };
  /** @type {Slot[]} */
  const seen = ["main"];
  if (stage?.guest?.on && hasFace(stage.guest)) seen.push("guest");
  const seats = /** @type {{on: boolean, present: boolean}[]} */ (stage?.cohosts ?? []);
  if (seatInView(seats)?.present) seen.push("cohost");
  return { seen, lead: stage?.sharing === "cohost" && seen.includes("cohost") ? "cohost" : "main" };
}

/**
 * What stands over the picture, "" while there is one. Pure.
 * @param {string} state of the watcher
 */
export function previewWord(state) {
  if (["good", "smaller", "weak", "delayed"].includes(state)) return "";
  return state === "sound" ? gettext("只有声音") : gettext("等待画面");
}

export class Preview {
  constructor() {
    this.root = need("[data-preview]", HTMLElement);
    this.wait = need("[data-preview-wait]", HTMLElement);
    /** @type {Record<Slot, HTMLVideoElement>} */
    this.slots = { main: this.#video("main"), guest: this.#video("guest"), cohost: this.#video("cohost") };
  }

  /** @param {Slot} slot */
  #video(slot) {
    return need(`[data-preview-${slot}]`, HTMLVideoElement, this.root);
  }

  /** @param {any} stage @param {string} line */
  show(stage, line) {
    const { seen, lead } = previewOf(stage, line);
    this.root.dataset.people = String(seen.length);
    for (const slot of /** @type {const} */ (["main", "guest", "cohost"])) {
      this.slots[slot].hidden = !seen.includes(slot);
      this.slots[slot].toggleAttribute("data-lead", slot === lead);
    }
  }

  /** @param {string} state of the watcher */
  say(state) {
    const words = previewWord(state);
    this.wait.hidden = words === "";
    if (words) this.wait.textContent = words;
  }

  /** @param {string} layout full|side|pip */
  lay(layout) {
    this.root.dataset.layout = layout;
  }
}
