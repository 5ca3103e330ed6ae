// What can still be taken back. Pure: the time is handed in (milliseconds of any steady clock).

/**
 * @typedef {object} Undo
 * @property {string} words                what was done, for people
 * @property {string} type                 the message that takes it back
 * @property {Record<string, unknown>} fields
 * @property {number} until
 */

export const UNDO_MS = 10_000;
const KEPT = 20;

export class UndoList {
  constructor() {
    /** @type {Undo[]} */
    this.entries = [];
  }

  /**
   * @param {{words: string, type: string, fields: Record<string, unknown>}} done
   * @param {number} now
   * @returns {Undo}
   */
  add(done, now) {
    const entry = { ...done, until: now + UNDO_MS };
    this.entries = [...this.entries.filter((each) => each.until > now), entry].slice(-KEPT);
    return entry;
  }

  /**
   * The latest thing that may still be taken back; it is taken out of the list.
   * @param {number} now
   * @returns {Undo|null}
   */
  take(now) {
    this.entries = this.entries.filter((each) => each.until > now);
    return this.entries.pop() ?? null;
  }

  /**
   * Take out one entry, when its own button was pressed; null when its time is over.
   * @param {Undo} entry
   * @param {number} now
   * @returns {Undo|null}
   */
  takeThis(entry, now) {
    const at = this.entries.indexOf(entry);
    if (at < 0) return null;
    this.entries.splice(at, 1);
    return entry.until > now ? entry : null;
  }
}
