/** The smallest thing that can be listened to. A listener that throws is reported and does not keep others from hearing. */

export class Emitter {
  /** @type {Map<string, Set<(value: any) => void>>} */
  #listeners = new Map();

  /** Listen to one kind of event; the answer stops listening.
   * @param {string} type @param {(value: any) => void} listener @returns {() => void} */
  on(type, listener) {
    const set = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, set.add(listener));
    return () => void set.delete(listener);
  }

  /** @param {string} type @param {unknown} [value] */
  emit(type, value) {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      try {
        listener(value);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
