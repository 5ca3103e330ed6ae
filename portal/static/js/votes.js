/** Which questions this browser has supported, so that the button says so after a reload. The server counts. */

export class Votes {
  /** @type {Set<number>} */
  #ids;

  /** @param {Pick<Storage, "getItem" | "setItem">} store @param {number} session */
  constructor(store, session) {
    this.store = store;
    this.key = `votes.${session}`;
    try {
      this.#ids = new Set(JSON.parse(store.getItem(this.key) ?? "[]"));
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
      this.store.setItem(this.key, JSON.stringify([...this.#ids]));
    } catch {
      // Full: the server refuses a second vote anyway.
    }
  }
}
