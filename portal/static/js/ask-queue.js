/**
 * What was typed and what has not arrived yet, kept over reloads and crashes. Pure: storage and ids are handed in.
 * A question keeps its UUID from the first letter until the server has it, so every repeat is the same question.
 */

/** @typedef {"ask" | "hand"} Kind */
/** @typedef {{uuid: string, kind: Kind, text: string, village: string}} Item */
/** @typedef {{drafts: Partial<Record<Kind, Item>>, unsent: Item[]}} Kept */
/** @typedef {Pick<Storage, "getItem" | "setItem">} Store */

export class AskQueue {
  /** @type {Kept} */
  #kept;

  /** @param {Store} store @param {number} session @param {() => string} makeId */
  constructor(store, session, makeId) {
    this.store = store;
    this.key = `questions.${session}`;
    this.makeId = makeId;
    this.#kept = this.#read();
  }

  /** The draft of this kind, begun if there is none.
   * @param {Kind} kind @returns {Item} */
  draft(kind) {
    return (this.#kept.drafts[kind] ??= { uuid: this.makeId(), kind, text: "", village: "" });
  }

  /** @param {Kind} kind @param {{text?: string, village?: string}} words */
  edit(kind, words) {
    Object.assign(this.draft(kind), words);
    this.#write();
  }

  /** The draft is on its way from now on: it waits among the unsent until `received` or `refused`.
   * @param {Kind} kind @returns {Item} */
  submit(kind) {
    const item = this.draft(kind);
    delete this.#kept.drafts[kind];
    if (!this.#kept.unsent.some((other) => other.uuid === item.uuid)) this.#kept.unsent.push(item);
    this.#write();
    return item;
  }

  /** The server has it.
   * @param {string} uuid */
  received(uuid) {
    this.#kept.unsent = this.#kept.unsent.filter((item) => item.uuid !== uuid);
    this.#write();
  }

  /** The server refused it: it becomes the draft again, unless a newer one was begun.
   * @param {string} uuid */
  refused(uuid) {
    const item = this.#kept.unsent.find((other) => other.uuid === uuid);
    if (!item || this.#kept.drafts[item.kind]?.text) return;
    this.#kept.unsent = this.#kept.unsent.filter((other) => other !== item);
    this.#kept.drafts[item.kind] = item;
    this.#write();
  }

  /** @returns {Item[]} */
  unsent() {
    return [...this.#kept.unsent];
  }

  /** @returns {Kept} */
  #read() {
    try {
      const kept = JSON.parse(this.store.getItem(this.key) ?? "null");
      if (kept && Array.isArray(kept.unsent) && kept.drafts) return kept;
    } catch {
      // Storage refused or damaged: begin empty.
    }
    return { drafts: {}, unsent: [] };
  }

  #write() {
    try {
      this.store.setItem(this.key, JSON.stringify(this.#kept));
    } catch {
      // Full or refused storage: the words stay on the page as long as it is open.
    }
  }
}
