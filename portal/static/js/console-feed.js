// Turns "something changed, revision n" into as few fetches as possible: one at a time, and one more if it moved on.

const PAUSE_MS = 1_000;

/**
 * @template T
 */
export class Feed {
  /**
   * @param {(since: number) => Promise<T & {revision: number}>} fetchSince
   * @param {(answer: T & {revision: number}) => void} apply
   * @param {() => Promise<unknown>} [pause] between a fetch that failed and the next
   */
  constructor(fetchSince, apply, pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS))) {
    this.fetchSince = fetchSince;
    this.apply = apply;
    this.pause = pause;
    this.have = -1;
    this.wanted = -1;
    /** The fetching under way. @type {Promise<void>|null} */
    this.running = null;
  }

  /**
   * The server has told of this revision.
   * @param {number} revision
   * @returns {Promise<void>} settled when nothing newer is known
   */
  async changed(revision) {
    this.wanted = Math.max(this.wanted, revision);
    if (this.running || this.have < this.wanted) await this.#run();
  }

  /** Everything again from the start: when a refusal showed that we were behind. */
  async again() {
    // What is under way would say afterwards that it is all there.
    if (this.running) await this.running;
    this.have = -1;
    await this.changed(Math.max(this.wanted, 0));
  }

  /** What there is by now, told of or not: the stage is told of before the rows are here. */
  async newest() {
    await this.running;
    await this.#run();
  }

  #run() {
    this.running ??= this.#fetch().finally(() => (this.running = null));
    return this.running;
  }

  async #fetch() {
    do {
      // A row that was told of and not fetched would stay old until the next change, maybe for ever: try again.
      if (!(await this.#once())) await this.pause();
    } while (this.have < this.wanted);
  }

  /** @returns {Promise<boolean>} */
  async #once() {
    const aimed = this.wanted;
    let answer;
    try {
      answer = await this.fetchSince(Math.max(this.have, 0));
    } catch {
      return false;
    }
    // A server that answers an older revision than it announced must not make us ask for ever.
    this.have = Math.max(answer.revision, aimed);
    this.apply(answer);
    return true;
  }
}
