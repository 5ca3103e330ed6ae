// The moderator's console: joins the lanes, the details, the stage strip, the keys and the server.

import { ConsoleActions } from "./console-actions.js";
import { Board } from "./console-board.js";
import { Seats } from "./console-cohosts.js";
import { DetailsPane } from "./console-details.js";
import { Drafts } from "./console-drafts.js";
import { askBegin, askEnd, askReason, reasonTaken } from "./console-dialogs.js";
import { Extras } from "./console-extras.js";
import { Feed } from "./console-feed.js";
import { KeyList } from "./console-keys.js";
import { LANES, guess, stepMeant } from "./console-lanes.js";
import { StageStrip } from "./console-stage.js";
import { staffToast } from "./console-toasts.js";
import { HealthWatch } from "./console-watch.js";
import { need, pageData, shelf } from "./dom.js";
import { KeySwitch, actionOfPress, takesLetters } from "./keys.js";
import { LinePanel } from "./line-panel.js";
import { Signal, signalUrl } from "./signal.js";
import { elapsed, stageWord } from "./staff-words.js";

/** @typedef {import("./console-lanes.js").Action} Action */

const AGES_EVERY = 20_000;
// A press counts now or not at all: on a broken line the newest row may come minutes later.
const KNOWN_WITHIN = 3_000;
const HIDE = "[data-hide-dialog]";
// Steps after which the moderator goes on with the next question of the same lane.
const SENDS_ON = new Set(["shortlist", "back", "done", "call_up", "hide"]);

class Console {
  /** @param {any} page */
  constructor(page) {
    this.session = page.session;
    this.signal = new Signal(signalUrl(page.session.id), "moderator");
    this.board = new Board();
    this.strip = new StageStrip((id) => this.board.select(id, true));
    this.details = new DetailsPane(this.board.store, new Drafts(page.session.id, shelf(() => sessionStorage)), {
      onSame: (other) => void this.join(other),
      onShow: (id) => this.board.select(id, true),
    });
    this.feed = new Feed(
      (since) => this.signal.request("questions", { since }),
      (answer) => this.board.apply(answer.rows, answer.revision),
    );
    this.actions = new ConsoleActions(this.signal, () => void this.feed.again());
    this.seats = new Seats(this.signal, (error) => this.actions.refused(error));
    this.watch = new HealthWatch(this.signal, this.strip, page);
    this.keys = new KeySwitch(shelf());
    this.keyList = new KeyList(shelf());
    const console = { layout: (/** @type {string} */ name) => this.layout(name), again: () => this.feed.again() };
    this.extras = new Extras(this.signal, this.board, this.actions, page, console);
  }

  start() {
    this.#listenToServer();
    this.#listenToPage();
    this.#listenToKeys();
    this.#sessionChanged(this.session);
    this.watch.start();
    new LinePanel(this.signal).start();
    this.signal.connect();
    setInterval(() => this.board.ages(), AGES_EVERY);
    setInterval(() => this.#tick(), 1000);
  }

  #listenToServer() {
    const { signal } = this;
    signal.on("welcome", (welcome) => {
      this.#stage(welcome.stage);
      this.#sessionChanged(welcome.session);
      void this.feed.changed(welcome.revision);
    });
    signal.on("changes", (changes) => {
      this.#stage(changes.stage);
      this.#sessionChanged(changes.session);
      void this.feed.changed(changes.revision);
    });
    signal.on("question", (message) => void this.feed.changed(message.revision));
    signal.on("session", (message) => {
      this.#sessionChanged(message);
      this.extras.changed();
    });
    signal.on("stage", (message) => this.#stage(message));
    signal.on("refused", () => staffToast(gettext("服务器没有接受连接，请重新登录。"), { look: "error", seconds: 60 }));
  }

  /** @param {any} stage of the stage message */
  #stage(stage) {
    this.strip.show(stage);
    this.seats.show(stage.cohosts ?? [], this.session.state);
    this.watch.stage(stage);
  }

  /** @param {any} facts a session view, or only its state */
  #sessionChanged(facts) {
    if (typeof facts.state === "string") this.session.state = facts.state;
    this.session.went_live_at = facts.went_live_at ?? this.session.went_live_at;
    if (this.session.state === "live" && !this.session.went_live_at) this.session.went_live_at = new Date().toISOString();
    this.strip.session(this.session.state);
    if (this.strip.stage) this.#stage(this.strip.stage);
    this.extras.session(facts);
    this.watch.session(this.session.state);
    this.#tick();
  }

  #tick() {
    this.strip.tick(Date.now());
    this.extras.order.tick();
    const began = Date.parse(this.session.went_live_at ?? "");
    const on = this.session.state === "live" || this.session.state === "paused";
    need("[data-elapsed]", HTMLElement).textContent = on && began ? elapsed(Date.now() - began) : "";
  }

  #listenToPage() {
    const { board, details } = this;
    board.on("select", (id) => details.show(id));
    board.on("drawn", (ids) => {
      if (details.id !== null && ids.has(details.id)) details.draw();
      if (details.id !== board.selected) details.show(board.selected);
      this.strip.answering(board.store.answering());
    });
    document.addEventListener("click", (event) => this.#clicked(event));
    need("[data-search]", HTMLInputElement).addEventListener("input", (event) => {
      board.search(/** @type {HTMLInputElement} */ (event.target).value);
    });
    need("[data-written-save]", HTMLElement).addEventListener("click", () => void this.sendWritten());
    need("[data-spoken-save]", HTMLElement).addEventListener("click", () => void this.sendSpoken());
    need("[data-help]", HTMLElement).addEventListener("click", () => this.keyList.show());
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    const { act, session, layout } = button.dataset;
    if (act) void this.perform(/** @type {Action} */ (act));
    if (session) void this.control(session);
    if (layout) void this.layout(layout);
    if (button.hasAttribute("data-guest-on")) void this.guestStep("put_on");
    if (button.hasAttribute("data-guest-off")) void this.guestStep("take_off");
  }

  #listenToKeys() {
    const toggle = need("[data-keys-switch]", HTMLElement);
    const show = () => {
      toggle.setAttribute("aria-pressed", String(this.keys.on));
      toggle.textContent = this.keys.on ? gettext("快捷键：开") : gettext("快捷键：关");
      document.body.classList.toggle("keys-off", !this.keys.on);
    };
    toggle.addEventListener("click", () => {
      this.keys.toggle();
      show();
    });
    show();
    document.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const target = event.target instanceof HTMLElement ? event.target : null;
    const busy = document.querySelector("dialog[open]") !== null;
    if (event.key === "Escape" && takesLetters(target) && !busy) return this.board.select(this.board.selected, true);
    if (!busy && target?.getAttribute("role") === "option" && this.#arrow(event.key)) return event.preventDefault();
    const action = actionOfPress(event, { on: this.keys.on, typing: busy || takesLetters(target) }, this.keyList.map.bindings);
    if (!action) return;
    event.preventDefault();
    if (action === "down") this.board.step(1);
    else if (action === "up") this.board.step(-1);
    else if (action === "help") this.keyList.show();
    else if (action === "undo") void this.actions.takeBackLatest();
    else if (action === "search") need("[data-search]", HTMLInputElement).focus();
    else if (action.startsWith("lane")) this.board.goTo(LANES[Number(action.slice(4)) - 1]);
    else if (!this.extras.perform(action)) void this.perform(/** @type {Action} */ (action));
  }

  /** Arrows in the lists belong to listboxes, whether letters are on or off. @param {string} key */
  #arrow(key) {
    const lane = this.board.selected === null ? -1 : LANES.indexOf(this.board.store.lane(this.board.selected) ?? "new");
    if (key === "ArrowDown") this.board.step(1);
    else if (key === "ArrowUp") this.board.step(-1);
    else if (key === "Home") this.board.step(-1e6);
    else if (key === "End") this.board.step(1e6);
    else if (key === "ArrowRight" && lane < LANES.length - 1) this.board.goTo(LANES[lane + 1]);
    else if (key === "ArrowLeft" && lane > 0) this.board.goTo(LANES[lane - 1]);
    else return key === "ArrowRight" || key === "ArrowLeft";
    return true;
  }

  /**
   * The row an action is about: the answer in progress for its end, else the selected one.
   * @param {Action} action
   */
  #rowFor(action) {
    const { store } = this.board;
    if (action === "end") return store.answering() ?? this.board.row;
    if (action !== "begin" || this.board.row) return this.board.row;
    return [...store.rows.values()].find((row) => row.stage_state === "on") ?? null;
  }

  /** @param {Action} wanted */
  async perform(wanted) {
    let row = this.#rowFor(wanted);
    const ofAnswer = wanted === "begin" || wanted === "end";
    // Who is ready, and what is being answered, can be seen before the row is here: refused is what the server knows.
    if (row ? !stepMeant(row, wanted) : ofAnswer) {
      await Promise.race([this.feed.newest(), new Promise((resolve) => setTimeout(resolve, KNOWN_WITHIN))]);
      row = row && !ofAnswer ? (this.board.store.get(row.id) ?? row) : this.#rowFor(wanted);
    }
    if (!row) return staffToast(gettext("先选一个问题。"));
    const action = stepMeant(row, wanted);
    if (!action) return staffToast(interpolate(gettext("问题现在是“%s”，不能这样做。"), [stageWord(row.stage_state)]));
    if (action === "write") return this.details.written.focus();
    if (action === "propose") return this.propose();
    if (this.actions.isBusy(row, action) || !(await this.extras.mayShow(action, row))) return;
    const reason = action === "hide" ? await askReason(HIDE, row.id) : "";
    if (reason === null) return;
    this.#draw(row, action);
    const done = action === "hide" ? await this.actions.hide(row, reason) : await this.actions.step(action, row);
    // Refused: as it was, until the rows come again.
    if (!done) this.board.apply([row], this.board.store.revision);
    else if (action === "hide") reasonTaken(HIDE, row.id);
  }

  /**
   * Show the likely outcome before the server has answered.
   * @param {import("./console-lanes.js").Row} row
   * @param {Action} action
   */
  #draw(row, action) {
    const { board } = this;
    const likely = guess(row, action, board.store.revision + 1);
    if (!likely) return;
    if (SENDS_ON.has(action) && row.id === board.selected && !this.details.isTyping) board.leaving.add(row.id);
    board.apply([likely], board.store.revision);
    board.leaving.delete(row.id);
  }

  /** @param {number} other */
  async join(other) {
    const { row } = this.board;
    if (row) await this.actions.same(row, other);
  }

  async propose() {
    const { row } = this.board;
    if (!row) return;
    const text = await this.actions.proposal(row);
    if (text && this.board.selected === row.id) this.details.spoken.value = text;
    else if (!text) staffToast(gettext("字幕里还没有这位群众的话。"));
  }

  async sendWritten() {
    const { row } = this.board;
    const text = this.details.written.value.trim();
    if (!row || !text) return staffToast(gettext("先写下答复。"));
    if (await this.actions.write(row, text, this.details.final.checked)) this.details.sent(row, { written: text });
  }

  async sendSpoken() {
    const { row } = this.board;
    const text = this.details.spoken.value.trim();
    if (!row || !text) return staffToast(gettext("先写下群众的问题。"));
    if (await this.actions.spokenText(row, text)) this.details.sent(row, { spoken: text });
  }

  /** @param {Action} action put_on or take_off, for whoever is nearest to the microphone */
  async guestStep(action) {
    const id = this.strip.stage?.guest?.question;
    const row = id ? this.board.store.get(id) : null;
    if (row) await this.actions.step(action, row);
  }

  /** @param {string} type go_live|pause|resume|end */
  async control(type) {
    if (type === "end" && !(await askEnd())) return;
    if (type === "go_live" && !(await askBegin())) return;
    try {
      await this.signal.request(type);
    } catch (error) {
      this.actions.refused(error);
    }
  }

  /** @param {string} name full|side|pip */
  async layout(name) {
    try {
      await this.signal.request("layout", { name });
      this.watch.layout(name);
    } catch (error) {
      this.actions.refused(error);
    }
  }
}

new Console(pageData("page")).start();
