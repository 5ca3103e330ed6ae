// Behind a question: earlier cases of the same person, open cases nearby, promises of its case.

import { need } from "./dom.js";
import { fill } from "./staff-words.js";

// Passing over rows with the keys asks for nothing.
const PAUSE_MS = 250;
const KEPT = 60;

export class Background {
  /** @type {Map<number, any>} */
  #known = new Map();
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #soon;
  /** @type {number|null} */
  #id = null;

  /** @param {import("./console-crew.js").Crew} crew */
  constructor(crew) {
    this.crew = crew;
  }

  /** @param {number|null} id */
  show(id) {
    this.#id = id;
    clearTimeout(this.#soon);
    if (id === null) return;
    const known = this.#known.get(id);
    this.#draw(known ?? null);
    if (!known) this.#soon = setTimeout(() => void this.#ask(id), PAUSE_MS);
  }

  /** Something of it has changed. @param {number} id */
  forget(id) {
    this.#known.delete(id);
    if (id === this.#id) this.show(id);
  }

  /** @param {number} id */
  async #ask(id) {
    let found;
    try {
      found = await this.crew.get(`${id}/`);
    } catch {
      found = null;
    }
    if (found) this.#known.set(id, found);
    if (this.#known.size > KEPT) this.#known.delete(this.#known.keys().next().value ?? 0);
    if (id === this.#id) this.#draw(found ?? { failed: true });
  }

  /** @param {any} found null while it is on its way */
  #draw(found) {
    this.#list("person", found?.person, gettext("此人没有别的诉求。"), found);
    this.#list("village", found?.village, gettext("本村没有在办的诉求。"), found);
    const promises = (found?.promises ?? []).map((/** @type {any} */ row) => ({ text: fill(gettext("%(text)s（%(unit)s，%(day)s）"), { text: row.text, unit: row.unit, day: row.due_on }) }));
    this.#list("promises", promises, gettext("还没有承诺。"), found);
  }

  /** @param {string} name @param {any[]|undefined} rows @param {string} none @param {any} found */
  #list(name, rows, none, found) {
    const place = need(`[data-d-${name}]`, HTMLElement);
    const items = (rows ?? []).map((row) => {
      const item = document.createElement("li");
      item.textContent = [row.number, row.state_label, row.text].filter(Boolean).join(" · ");
      return item;
    });
    if (!items.length) {
      const item = document.createElement("li");
      item.className = "muted";
      item.textContent = found?.failed ? gettext("没有取到，稍后再选一次。") : found ? none : gettext("正在查…");
      items.push(item);
    }
    place.replaceChildren(...items);
  }
}
