// Questions marked to be joined at once.

import { need } from "./dom.js";
import { Emitter } from "./emitter.js";
import { fill } from "./staff-words.js";

const MOST = 50;

/** Events: "changed" (ids whose mark is different now). */
export class Marks extends Emitter {
  constructor() {
    super();
    /** @type {Set<number>} */
    this.ids = new Set();
    this.bar = need("[data-marks]", HTMLElement);
    need("[data-marks-clear]", HTMLElement).addEventListener("click", () => this.clear());
  }

  /** @param {number} id @returns {boolean} whether it is marked now */
  toggle(id) {
    if (this.ids.has(id)) this.ids.delete(id);
    else if (this.ids.size < MOST) this.ids.add(id);
    this.#changed([id]);
    return this.ids.has(id);
  }

  clear() {
    const before = [...this.ids];
    this.ids.clear();
    this.#changed(before);
  }

  /** What is gone or joined already needs no mark. @param {(id: number) => boolean} stays */
  keep(stays) {
    const gone = [...this.ids].filter((id) => !stays(id));
    for (const id of gone) this.ids.delete(id);
    if (gone.length) this.#changed(gone);
  }

  /** @param {number[]} ids */
  #changed(ids) {
    this.bar.hidden = this.ids.size === 0;
    const words = ngettext("已标记 %(count)s 个问题", "已标记 %(count)s 个问题", this.ids.size);
    need("[data-marks-count]", HTMLElement, this.bar).textContent = fill(words, { count: this.ids.size });
    this.emit("changed", ids);
  }
}
