/**
 * Nothing typed is ever lost: drafts and questions under way, kept over reloads, crashes and days without signal, sent
 * from whatever page of the site is open, with the UUID they were begun with, so that the server counts each once.
 *
 * Events: "change" whenever an item changed; "received" {item, answer} for every question that arrived, "late" as well
 * when it was not sent at once; "waiting" when the first sending came to nothing; "person" when somebody logged in.
 */

import { post } from "./dom.js";
import { Emitter } from "./emitter.js";
import { uuid } from "./ids.js";
import * as rules from "./outbox-rules.js";
import { openShelf } from "./outbox-store.js";

/** @typedef {rules.Item} Item */
/** @typedef {{number: string, query_code: string, uuid: string, created?: boolean, next?: {settle_by: string | null}}} Answer */
/** @typedef {(item: Item) => Promise<Answer>} Deliver throws a refusal with `code`, or anything else when nobody knows */
/** @typedef {{outcome: "received", answer: Answer} | {outcome: "waiting"} | {outcome: "refused", error: Error}} Outcome */

const WAIT_FOR_ANSWER = 20_000;

export class Outbox extends Emitter {
  /** @type {Map<string, Item>} */
  #items = new Map();
  /** @type {Map<string, Promise<Outcome>>} */
  #underWay = new Map();
  /** Changed here and not yet kept: what is read meanwhile is older. @type {Set<string>} */
  #dirty = new Set();
  /** Reads and writes one after the other. @type {Promise<unknown>} */
  #line = Promise.resolve();
  /** Raised hands mean now and here; the page of a broadcast says how. @type {{session: number, raise: Deliver} | null} */
  hands = null;

  /** @param {Promise<import("./outbox-store.js").Shelf>} shelf
   * @param {{deliver: Deliver, person?: number | null, others?: BroadcastChannel | null, makeId?: () => string, now?: () => number}} options
   * `person`: who is logged in on this page; `others`: the outboxes of other tabs */
  constructor(shelf, { deliver, person = null, others = null, makeId = uuid, now = Date.now }) {
    super();
    this.shelf = shelf;
    this.deliver = deliver;
    this.person = person;
    this.makeId = makeId;
    this.now = now;
    this.others = others;
    this.others?.addEventListener("message", () => this.refresh());
    this.ready = this.refresh();
  }

  get items() {
    return [...this.#items.values()];
  }

  /** Somebody logged in, or it is known now who. @param {number | null} person */
  become(person) {
    if (person === this.person) return;
    this.person = person;
    this.emit("person");
  }

  /** Read again what other tabs may have changed. */
  async refresh() {
    await this.#inLine(() => this.#read()).catch(() => undefined);
    this.emit("change");
  }

  async #read() {
    const shelf = await this.shelf;
    const kept = await shelf.all();
    const old = kept.filter((item) => rules.forgettable(item, this.now()));
    const fresh = new Map(kept.filter((item) => !old.includes(item)).map((item) => [item.uuid, item]));
    for (const id of this.#dirty) fresh.set(id, /** @type {Item} */ (this.#items.get(id)));
    this.#items = fresh;
    for (const item of old) await shelf.remove(item.uuid);
  }

  /** The words to go on with; begun if there are none. Wait for `ready` first.
   * @param {number} session @param {rules.Kind} kind @returns {Item} */
  draft(session, kind) {
    const found = rules.draftIn(this.items, session, kind);
    if (found?.standing === "draft" && found.session === session) return found;
    const item = found ? rules.reopened(found, session, this.now()) : rules.begun(this.makeId(), session, kind, this.now());
    this.#keep(item);
    return item;
  }

  /** Keep what was typed. Where another tab has finished this item meanwhile, the words begin a new one.
   * @param {Item} item @param {{text: string, village: string}} words @returns {Item} */
  edit(item, words) {
    const now = this.#items.get(item.uuid);
    const base = now?.standing === "draft" ? now : rules.begun(this.makeId(), item.session, item.kind, this.now());
    const typed = rules.typed(base, words, this.now());
    this.#keep(typed);
    return typed;
  }

  /** A refused one becomes a draft again. @param {string} id @returns {Item | null} */
  reopen(id) {
    const item = this.#items.get(id);
    if (!item) return null;
    const again = rules.reopened(item, item.session, this.now());
    this.#keep(again);
    return again;
  }

  /** The words are finished. They are kept as a draft already, so that sending need not wait for the disk: whatever
   * breaks between here and the answer, they are sent again with the same UUID.
   * @param {string} id @param {string} [writer] the number of who is not logged in yet, masked
   * @returns {Promise<Outcome>} */
  async submit(id, writer) {
    this.#change(id, (item) => rules.submitted(item, this.person, this.now(), writer));
    const result = await this.send(id);
    if (result.outcome === "waiting") this.emit("waiting");
    return result;
  }

  /** Who is logged in says that it is theirs. @param {string} id */
  claim(id) {
    return this.#change(id, (item) => rules.claimed(item, this.person));
  }

  /** It arrived by another way (the plain form).
   * @param {string} id @param {string} number */
  arrived(id, number) {
    return this.#change(id, (item) => rules.received(item, number, this.now()));
  }

  /** @param {string} id @returns {Promise<Outcome>} */
  send(id) {
    const going = this.#underWay.get(id) ?? this.#send(id).finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, going);
    return going;
  }

  /** Everything that may go now, one after the other. Answers whether something is still waiting. */
  async sendAll() {
    await this.refresh();
    for (const item of rules.waiting(this.items)) {
      if (!rules.mayGo(item, this.person) || !this.#way(item)) continue;
      const result = await this.send(item.uuid);
      if (result.outcome === "received") this.emit("late", { item, answer: result.answer });
      // No network for one is no network for the next.
      if (result.outcome === "waiting") return true;
    }
    return rules.waiting(this.items).some((item) => rules.mayGo(item, this.person) && item.kind === "ask");
  }

  /** @param {string} id @returns {Promise<Outcome>} */
  async #send(id) {
    const item = this.#items.get(id);
    if (!item || !rules.mayGo(item, this.person)) return { outcome: "waiting" };
    const deliver = this.#way(item);
    if (!deliver) return { outcome: "waiting" };
    this.#change(id, rules.onItsWay);
    try {
      const answer = await deliver(item);
      this.#change(id, (now) => rules.received(now, answer.number, this.now()));
      this.emit("received", { item, answer });
      return { outcome: "received", answer };
    } catch (error) {
      return this.#failed(id, error);
    }
  }

  /** @param {Item} item @returns {Deliver | null} */
  #way({ kind, session }) {
    if (kind === "ask") return this.deliver;
    return this.hands?.session === session ? this.hands.raise : null;
  }

  /** @param {string} id @param {unknown} error @returns {Promise<Outcome>} */
  async #failed(id, error) {
    const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
    // Without a word from the server nobody knows whether it arrived: it is sent again, never given up.
    if (!(error instanceof Error) || !code || ["offline", "lost", "late"].includes(code)) return { outcome: "waiting" };
    await this.#change(id, (item) => rules.refused(item, code, error.message));
    return { outcome: "refused", error };
  }

  /** @param {string} id @param {(item: Item) => Item} change */
  async #change(id, change) {
    const item = this.#items.get(id);
    if (item) await this.#keep(change(item));
  }

  /** @param {Item} item */
  async #keep(item) {
    const moved = this.#items.get(item.uuid)?.standing !== item.standing;
    this.#items.set(item.uuid, item);
    this.#dirty.add(item.uuid);
    this.emit("change");
    try {
      await this.#inLine(async () => (await this.shelf).put(item));
    } catch {
      // Full: it stays dirty, that is, kept as long as the page is open.
      return;
    }
    if (this.#items.get(item.uuid) === item) this.#dirty.delete(item.uuid);
    if (moved) this.others?.postMessage(item.uuid);
  }

  /** @param {() => Promise<void>} work @returns {Promise<void>} */
  #inLine(work) {
    const done = this.#line.then(work);
    this.#line = done.catch(() => undefined);
    return done;
  }
}

/** By plain HTTP: it needs no socket, works from every page and goes on when the page is left.
 * @param {Item} item @returns {Promise<Answer>} */
async function deliverByHttp({ session, uuid: id, text, village, person }) {
  const fields = { uuid: id, text, village, person: person === null ? "" : String(person) };
  const options = { keepalive: true, signal: AbortSignal.timeout?.(WAIT_FOR_ANSWER) };
  const answer = await post(`/live/${session}/questions/`, fields, options);
  // A hotel's network answers anything with its own page: only our answer counts.
  if (answer.uuid !== id) throw new TypeError("the answer is not ours");
  return answer;
}

/** @type {Outbox | undefined} */
let only;

/** The outbox of this page, one for all its modules. */
export function outboxOfPage() {
  if (only) return only;
  const person = Number(document.body.dataset.person) || null;
  const others = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("outbox");
  only = new Outbox(openShelf(), { deliver: deliverByHttp, person, others });
  return only;
}
