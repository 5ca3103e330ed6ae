// Who is at which question: told to the other moderators after a moment, and again gone after two minutes.

/** @typedef {import("./console-lanes.js").Row} Row */

export const CLAIM_MS = 120_000;
// Passing over a row with the keys is not working on it.
const DWELL_MS = 1_200;

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

export class Claims {
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #dwelling;

  /**
   * @param {import("./signal.js").Signal} signal
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
    clearTimeout(this.#dwelling);
    if (id === null || id === this.mine) return;
    this.#dwelling = setTimeout(() => void this.#claim(id), DWELL_MS);
  }

  /** @param {number} id */
  async #claim(id) {
    const row = this.get(id);
    if (!row || row.stage_state !== "new" || row.wall_state === "hidden" || row.same_as) return;
    const other = claimedByOther(row, this.me, Date.now());
    if (other) return;
    try {
      await this.signal.request("claim", { question: id });
      this.mine = id;
    } catch (error) {
      // Somebody was faster by a moment: that is what claims are for.
      this.say(error instanceof Error ? error.message : String(error));
    }
  }
}
