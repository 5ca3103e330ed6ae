/** How long to wait before the next attempt. Pure, except for a timer that can be cut short. */

/** Doubling from `first` up to `most` milliseconds, then half of it left to chance so that a thousand pages
 * that lost the same server do not come back in the same instant.
 * @param {number} attempt 0 for the first retry @param {number} chance 0…1 @param {number} [first] @param {number} [most] */
export function delay(attempt, chance, first = 500, most = 15_000) {
  const full = Math.min(most, first * 2 ** Math.min(attempt, 20));
  return Math.round(full * (0.5 + chance / 2));
}

/** Counts attempts and keeps one timer. `hurry` runs a waiting attempt at once (the network came back, the page is seen again). */
export class Retry {
  #attempt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {(() => void) | undefined} */
  #work;

  /** @param {{first?: number, most?: number, chance?: () => number}} [options] */
  constructor({ first = 500, most = 15_000, chance = Math.random } = {}) {
    this.first = first;
    this.most = most;
    this.chance = chance;
  }

  get waiting() {
    return this.#work !== undefined;
  }

  get attempt() {
    return this.#attempt;
  }

  /** Plan `work` for later; a plan already waiting is replaced.
   * @param {() => void} work @returns {number} the wait in milliseconds */
  later(work) {
    this.cancel();
    const wait = delay(this.#attempt++, this.chance(), this.first, this.most);
    this.#work = work;
    this.#timer = setTimeout(() => this.hurry(), wait);
    return wait;
  }

  /** Plan `work` for a moment of one's own choosing; it does not count as an attempt.
   * @param {number} wait milliseconds @param {() => void} work */
  in(wait, work) {
    this.cancel();
    this.#work = work;
    this.#timer = setTimeout(() => this.hurry(), wait);
  }

  hurry() {
    const work = this.#work;
    this.cancel();
    work?.();
  }

  cancel() {
    clearTimeout(this.#timer);
    this.#work = undefined;
  }

  /** It worked: the next trouble starts again with the short wait. */
  succeeded() {
    this.cancel();
    this.#attempt = 0;
  }
}

/** How long an attempt may hear nothing before it counts as swallowed by a dead network: four times what the last good
 * one took, so that a slow line is not taken for a dead one. */
export class Patience {
  #took;
  #begun = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {{least?: number, most?: number}} [options] milliseconds */
  constructor({ least = 2_000, most = 10_000 } = {}) {
    this.least = least;
    this.most = most;
    this.#took = most;
  }

  get wait() {
    return Math.min(this.most, Math.max(this.least, 4 * this.#took));
  }

  /** @param {() => void} swallowed @param {number} [begun] `performance.now()` of an attempt that is under way already */
  begin(swallowed, begun = performance.now()) {
    this.cancel();
    this.#begun = begun;
    this.#timer = setTimeout(swallowed, this.wait);
  }

  /** The other side is there, and may take its time from now on: a busy server is not helped by asking again.
   * @param {() => void} swallowed */
  heard(swallowed) {
    this.cancel();
    this.#took = performance.now() - this.#begun;
    this.#timer = setTimeout(swallowed, this.most);
  }

  cancel() {
    clearTimeout(this.#timer);
  }
}
