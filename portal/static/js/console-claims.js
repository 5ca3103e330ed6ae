// Who is at which question: told to the other moderators after a moment, renewed while somebody works on it, given up
// when they go on, and gone by itself after two minutes.

/** @typedef {import("./console-lanes.js").Row} Row */

export const CLAIM_MS = 120_000;
// Passing over a row with the keys is not working on it.
const DWELL_MS = 1_200;
const RENEW_MS = CLAIM_MS / 2;

/**
 * The name of somebody else who is at this question now, "" when nobody is. Pure.
 * @param {Row} row
 * @param {number|null} me
 * @param {number} now milliseconds since 1970
 */
export function claimedByOther(row, me, now) {
  if (!row.claimed_by || row.claimed_by.id === me || !row.claimed_at) return "";
  const age = now - Date.parse(row.claimed_at);
  return age < CLAIM_MS ? row.claimed_by.name : "";
}

/**
 * Whether a question is one to be claimed: nobody has decided on it yet. Pure.
 * @param {Row|null} row
 * @returns {row is Row}
 */
function isOpen(row) {
  return row !== null && row.stage_state === "new" && row.wall_state !== "hidden" && !row.same_as;
}

export class Claims {
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #dwelling;
  /** @type {ReturnType<typeof setInterval>|undefined} */
  #renewing;
  /** @type {number|null} what is looked at now */
  #looking = null;
  #workedAt = 0;

  /**
   * @param {Pick<import("./signal.js").Signal, "request">} signal
   * @param {(id: number) => Row|null} get
   * @param {number|null} me
   * @param {(words: string) => void} say
   */
  constructor(signal, get, me, say) {
    this.signal = signal;
    this.get = get;
    this.me = me;
    this.say = say;
    /** @type {number|null} */
    this.mine = null;
  }

  /** The moderator looks at this question now. @param {number|null} id */
  look(id) {
    this.worked();
    clearTimeout(this.#dwelling);
    this.#looking = id;
    if (id === this.mine) return;
    this.leave();
    if (id !== null) this.#dwelling = setTimeout(() => void this.#claim(id), DWELL_MS);
  }

  /** A key or a tap: somebody sits there still. */
  worked() {
    this.#workedAt = Date.now();
  }

  /** The others may have it; what has left its lane is no longer to be given up. */
  leave() {
    const id = this.mine;
    this.#forget();
    if (id !== null && isOpen(this.get(id))) this.#release(id);
  }

  #forget() {
    clearInterval(this.#renewing);
    this.mine = null;
  }

  /** @param {number} id */
  #release(id) {
    // It lapses by itself where this does not arrive.
    this.signal.request("claim", { question: id, release: true }).catch(() => undefined);
  }

  /** @param {number} id */
  async #claim(id) {
    const row = this.get(id);
    if (!isOpen(row) || claimedByOther(row, this.me, Date.now())) return;
    try {
      await this.signal.request("claim", { question: id });
    } catch (error) {
      // Somebody was faster by a moment: that is what claims are for.
      return this.say(error instanceof Error ? error.message : String(error));
    }
    if (this.#looking !== id) return this.#release(id);
    this.mine = id;
    this.#renewing = setInterval(() => void this.#renew(), RENEW_MS);
  }

  async #renew() {
    const id = this.mine;
    if (id === null || !isOpen(this.get(id))) return this.#forget();
    if (Date.now() - this.#workedAt >= CLAIM_MS) return;
    try {
      await this.signal.request("claim", { question: id });
    } catch (error) {
      const { code, message } = /** @type {import("./signal.js").SignalError} */ (error);
      if (code === "conflict" || code === "claimed") this.say(message);
    }
  }
}
