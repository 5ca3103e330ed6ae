/** Which questions this browser has supported, so that the button says so after a reload. The server counts. */

export class Votes {
  /** @type {Set<number>} */
  #ids;

  /** @param {number} session */
  constructor(session) {
    this.key = `votes.${session}`;
    try {
      this.#ids = new Set(JSON.parse(localStorage.getItem(this.key) ?? "[]"));
    } catch {
      this.#ids = new Set();
    }
  }

  /** @param {number} id */
  has(id) {
    return this.#ids.has(id);
  }

  /** @param {number} id */
  add(id) {
    this.#ids.add(id);
    try {
      localStorage.setItem(this.key, JSON.stringify([...this.#ids]));
    } catch {
      // The server refuses a second vote anyway.
    }
  }
}
