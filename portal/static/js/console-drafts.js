// What was typed for a question and not sent: kept in this tab, over a reload, until the server has it.

/** @typedef {{written: string, final: boolean, spoken: string}} Draft */

export class Drafts {
  /**
   * @param {number} session
   * @param {Pick<Storage, "getItem"|"setItem">} shelf
   */
  constructor(session, shelf) {
    this.key = `console drafts ${session}`;
    this.shelf = shelf;
    /** @type {Map<number, Draft>} */
    this.kept = new Map(read(shelf.getItem(this.key)));
    /** What the server has, where the row does not say so yet. @type {Map<number, {written?: string, spoken?: string}>} */
    this.taken = new Map();
    /** What the row of the open question said when its fields were filled: left so, nothing was typed. */
    this.opened = { id: 0, written: "", spoken: "" };
  }

  /** @param {number} id */
  of(id) {
    return this.kept.get(id);
  }

  /** The fields are filled from this row now. @param {{id: number, text: string, written_answer?: string}|null} row */
  open(row) {
    this.opened = { id: row?.id ?? 0, written: row?.written_answer ?? "", spoken: row?.text ?? "" };
    return this.opened;
  }

  /**
   * Keep what was typed, or nothing where it is what the row says already.
   * @param {{id: number, text: string, written_answer?: string}} row
   * @param {Draft} draft
   */
  keep(row, draft) {
    const taken = this.taken.get(row.id);
    const opened = this.opened.id === row.id ? this.opened : null;
    const isWritten = [row.written_answer ?? "", taken?.written, opened?.written].includes(draft.written.trim());
    const isSpoken = [row.text.trim(), taken?.spoken, opened?.spoken.trim()].includes(draft.spoken.trim());
    if (isWritten && isSpoken) this.kept.delete(row.id);
    else this.kept.set(row.id, draft);
    this.#write();
  }

  /**
   * The server has taken the answer or the spoken words; what was typed beside them stays.
   * @param {{id: number, text: string, written_answer?: string}} row
   * @param {{written?: string, spoken?: string}} words
   */
  sent(row, words) {
    this.taken.set(row.id, { ...this.taken.get(row.id), ...words });
    const draft = this.kept.get(row.id);
    if (draft) this.keep(row, { ...draft, final: words.written === undefined && draft.final });
  }

  #write() {
    try {
      this.shelf.setItem(this.key, JSON.stringify([...this.kept]));
    } catch {
      // A full or forbidden store: kept as long as the page is open.
    }
  }
}

/** @param {string|null} text @returns {[number, Draft][]} */
function read(text) {
  try {
    return JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
}
