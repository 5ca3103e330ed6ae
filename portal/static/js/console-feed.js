// Turns "something changed, revision n" into as few fetches as possible: one at a time, and one more if it moved on.

/**
 * @template T
 */
export class Feed {
  /**
   * @param {(since: number) => Promise<T & {revision: number}>} fetchSince
   * @param {(answer: T & {revision: number}) => void} apply
   * @param {(error: unknown) => void} [onError]
   */
  constructor(fetchSince, apply, onError = () => undefined) {
    this.fetchSince = fetchSince;
    this.apply = apply;
    this.onError = onError;
    this.have = -1;
    this.wanted = -1;
    this.busy = false;
  }

  /**
   * The server has told of this revision.
   * @param {number} revision
   * @returns {Promise<void>} settled when nothing newer is known
   */
  async changed(revision) {
    this.wanted = Math.max(this.wanted, revision);
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.have < this.wanted) await this.#once();
    } catch (error) {
      // The next message, or the next welcome after a break, asks again from the revision we really have.
      this.onError(error);
    } finally {
      this.busy = false;
    }
  }

  /** Everything again from the start: after a break, or when a refusal showed that we were behind. */
  async again() {
    this.have = -1;
    await this.changed(Math.max(this.wanted, 0));
  }

  async #once() {
    const aimed = this.wanted;
    const answer = await this.fetchSince(Math.max(this.have, 0));
    // A server that answers an older revision than it announced must not make us ask for ever.
    this.have = Math.max(answer.revision, aimed);
    this.apply(answer);
  }
}
