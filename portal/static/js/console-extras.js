// What the console has beside the queue: claims, marks, personal data, promises, running order, order, cuts.

import { Background } from "./console-background.js";
import { Claims, claimedByOther } from "./console-claims.js";
import { Crew, sentence } from "./console-crew.js";
import { CutDesk } from "./console-cut.js";
import { Desk } from "./console-desk.js";
import { askReason, reasonTaken } from "./console-dialogs.js";
import { Invite } from "./console-invite.js";
import { Marks } from "./console-marks.js";
import { RunningOrder } from "./console-order.js";
import { lookFirst, needsLook } from "./console-personal.js";
import { PromiseForm } from "./console-promise.js";
import { TakeDown } from "./console-take-down.js";
import { staffToast } from "./console-toasts.js";
import { need } from "./dom.js";
import { fill } from "./staff-words.js";

/** @typedef {import("./console-lanes.js").Row} Row */
/** @typedef {import("./keys.js").KeyAction} KeyAction */

// Steps that show a question to everybody.
const SHOWS = new Set(["show", "shortlist", "call_up", "put_on", "begin"]);
const BLOCK = "[data-block-dialog]";
const LAYOUTS = ["full", "side", "pip"];

export class Extras {
  /**
   * @param {import("./signal.js").Signal} signal
   * @param {import("./console-board.js").Board} board
   * @param {import("./console-actions.js").ConsoleActions} actions
   * @param {any} page
   * @param {{layout: (name: string) => unknown, again: () => unknown}} console
   */
  constructor(signal, board, actions, page, console) {
    this.board = board;
    this.actions = actions;
    this.console = console;
    this.me = page.me?.id ?? null;
    this.crew = new Crew(page.session.id);
    this.claims = new Claims(signal, (id) => board.store.get(id), this.me, (words) => staffToast(words));
    this.marks = new Marks();
    this.background = new Background(this.crew);
    this.cuts = new CutDesk(signal, (error) => actions.refused(error));
    this.desk = new Desk(this.crew);
    this.order = new RunningOrder(this.crew);
    this.invite = new Invite(page.urls.invitations);
    this.taking = new TakeDown(this.crew);
    this.promise = new PromiseForm(
      signal,
      () => (board.store.answering() ?? board.row)?.id ?? null,
      (id) => this.background.forget(id),
    );
    this.#listen(signal);
    this.session(page.session);
  }

  /** @param {import("./signal.js").Signal} signal */
  #listen(signal) {
    const { board, marks } = this;
    signal.on("welcome", (welcome) => {
      this.cuts.take(welcome.cuts ?? []);
      void this.#fetch();
    });
    signal.on("running_order", ({ items }) => this.order.take(items));
    signal.on("claimed", ({ question, by }) => board.claimed(question, by, new Date().toISOString()));
    board.facts = (row) => ({ marked: marks.ids.has(row.id), claimed: claimedByOther(row, this.me, Date.now()) });
    board.on("select", (id) => {
      this.claims.look(id);
      this.background.show(id);
      this.#drawClaim();
    });
    for (const sign of ["keydown", "pointerdown", "wheel"]) document.addEventListener(sign, () => this.claims.worked(), { passive: true });
    addEventListener("pagehide", () => this.claims.leave());
    board.on("drawn", () => {
      marks.keep((id) => !board.store.get(id)?.same_as);
      this.#drawClaim();
    });
    marks.on("changed", (ids) => board.redraw(ids));
    for (const [selector, action] of Object.entries({ "[data-take]": "take_down", "[data-order]": "order", "[data-desk]": "desk" })) {
      need(selector, HTMLElement).addEventListener("click", () => void this.perform(/** @type {KeyAction} */ (action)));
    }
    need("[data-gather]", HTMLElement).addEventListener("click", () => void this.gather());
    need("[data-block]", HTMLElement).addEventListener("click", () => void this.#block());
    need("[data-edit-public]", HTMLElement).addEventListener("click", () => board.row && void this.#look(board.row));
  }

  async #fetch() {
    try {
      const facts = await this.crew.get();
      this.desk.take(facts);
      this.order.take(facts.running_order);
      this.promise.units(facts.units);
      this.invite.units(facts.units);
      this.cuts.delayed(facts.delay_seconds);
    } catch (error) {
      staffToast(sentence(error), { look: "error", seconds: 8 });
    }
  }

  /** @param {any} facts of the session, whole or in part */
  session(facts) {
    if (typeof facts.state === "string") this.cuts.session(facts.state);
    if (typeof facts.delay_seconds === "number") this.cuts.delayed(facts.delay_seconds);
    if (typeof facts.slow_seconds === "number") this.desk.slowed(facts.slow_seconds);
  }

  /** A session has changed without saying how. */
  changed() {
    void this.#fetch();
  }

  /**
   * @param {KeyAction} action
   * @returns {boolean} whether it was ours
   */
  perform(action) {
    const { row } = this.board;
    if (action === "mark") {
      if (row) this.marks.toggle(row.id);
    } else if (action === "gather") void this.gather();
    else if (action === "promise") this.promise.focus();
    else if (action === "cut") void this.cuts.press();
    else if (action === "layout") this.#nextLayout();
    else if (action === "take_down") this.taking.show();
    else if (action === "order") this.order.show();
    else if (action === "desk") this.desk.show();
    else return false;
    return true;
  }

  /** Beside the actions: somebody else is at this question. */
  #drawClaim() {
    const { row } = this.board;
    const name = row ? claimedByOther(row, this.me, Date.now()) : "";
    const place = need("[data-d-claimed]", HTMLElement);
    place.hidden = !name;
    place.textContent = name ? fill(gettext("%(name)s 正在处理这个问题"), { name }) : "";
  }

  #nextLayout() {
    const pressed = document.querySelector('[data-layout][aria-pressed="true"]')?.getAttribute("data-layout") ?? "";
    this.console.layout(LAYOUTS[(LAYOUTS.indexOf(pressed) + 1) % LAYOUTS.length]);
  }

  /** All that are marked become members of the selected question. */
  async gather() {
    const { row } = this.board;
    const others = [...this.marks.ids].filter((id) => id !== row?.id).flatMap((id) => this.board.store.get(id) ?? []);
    if (!row || !others.length) return staffToast(gettext("先标记要并入的问题，再选一个作为主问题。"));
    if (await this.actions.gather(row, others)) this.marks.clear();
  }

  /**
   * Personal data is looked at before everybody reads it.
   * @param {string} action
   * @param {Row} row
   * @returns {Promise<boolean>} true: go on
   */
  async mayShow(action, row) {
    return !SHOWS.has(action) || !needsLook(row) || this.#look(row);
  }

  /** @param {Row} row */
  #look(row) {
    return lookFirst(row, (text) => this.crew.post(`${row.id}/public-text/`, { text }));
  }

  async #block() {
    const { row } = this.board;
    if (!row) return staffToast(gettext("先选一个问题。"));
    const reason = await askReason(BLOCK, row.id);
    if (reason === null || !(await this.desk.block(row.id, reason))) return;
    reasonTaken(BLOCK, row.id);
    this.console.again();
  }
}
