/**
 * The page's socket to a live session (signaling/PROTOCOL.md).
 *
 * Says hello first, matches answers to requests by id, comes back by itself with growing pauses, and after every
 * gap asks for what it missed. Events: every message type of the server, and
 *   "state"   the new state: "closed" | "connecting" | "open" | "waiting" | "refused"
 *   "welcome" after every successful hello; `again` is true when it is not the first
 *   "changes" what was missed: {revision, wall, session, stage}
 */

import { Patience, Retry } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { tabName } from "./ids.js";
import { COMING_AGAIN, LEAVING, SignalError, takeHeadStart } from "./socket.js";

export { SignalError, signalUrl } from "./socket.js";

const REQUEST_SECONDS = 10;
const PING_EVERY = 20_000;
const PONG_WITHIN = 8_000;
// After an attempt that the network swallowed: it says nothing about the server, so no growing pause.
const AFTER_SILENCE = 300;
// Everybody notices a gap in the same moment: spread the questions for it.
const CATCH_UP_SPREAD = 1_500;
// What is held for a page whose modules do not come; the rest is asked for again.
const HELD_MOST = 200;

/** @typedef {"closed" | "connecting" | "open" | "waiting" | "refused"} SignalState */
/** @typedef {{resolve: (value: any) => void, reject: (error: SignalError) => void, timer: ReturnType<typeof setTimeout>, text: string, early: boolean, sent: boolean}} Pending */

export class Signal extends Emitter {
  /** @type {SignalState} */
  state = "closed";
  /** The last welcome. @type {any} */
  welcome = null;
  /** Last revision of the session that this page has seen. */
  revision = 0;
  /** @type {WebSocket | null} */
  #socket = null;
  #retry = new Retry({ most: 10_000 });
  #lastId = 0;
  /** What is announced before the page listens, in order. @type {{type: string, value: unknown}[] | null} */
  #held = null;
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  /** What head-start.js asked before us: type → id. @type {Map<string, number>} */
  #asked = new Map();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #pinging;
  #patience = new Patience();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #catchingUp;
  #wake = () => {
    if (document.visibilityState !== "visible") return;
    this.#retry.hurry();
    // After a change of network the old line may look open for minutes.
    if (this.state === "open") this.#ping();
  };

  /** @param {string} url @param {"viewer" | "leader" | "moderator" | "guest" | "cohost"} role */
  constructor(url, role) {
    super();
    this.url = url;
    this.role = role;
    this.tab = tabName();
  }

  /** Keep what is announced until `release`: the modules that listen are still on their way. */
  hold() {
    this.#held = [];
  }

  release() {
    const held = this.#held ?? [];
    this.#held = null;
    for (const { type, value } of held) super.emit(type, value);
    if (held.length >= HELD_MOST) this.catchUp();
  }

  /** @param {string} type @param {unknown} [value] @override */
  emit(type, value) {
    if (this.#held === null) super.emit(type, value);
    else if (this.#held.length < HELD_MOST) this.#held.push({ type, value });
  }

  connect() {
    if (this.state !== "closed") return;
    addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
    this.#open();
  }

  /** Leave for good; everything still waiting is refused with "offline". */
  close() {
    removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
    this.#drop("closed");
    this.#refuseAll(new SignalError("offline", () => gettext("连接已关闭。")), () => true);
  }

  /** Come again with the cookies of now (after logging in). Media connections belong to the tab and go on. */
  renew() {
    if (this.state === "closed" || this.state === "refused") return;
    this.#drop("waiting");
    this.#refuseAll(new SignalError("lost", () => gettext("连接中断，正在重新连接。")), (pending) => pending.sent);
    this.#open();
  }

  /** Ask the server and wait for its answer. While the line is down the request waits for it, up to its time.
   * `early`: sent right behind hello, without waiting for the welcome (saves one round trip).
   * @param {string} type @param {Record<string, unknown>} [fields] @param {{seconds?: number, early?: boolean}} [options]
   * @returns {Promise<any>} rejects with SignalError */
  request(type, fields = {}, { seconds = REQUEST_SECONDS, early = false } = {}) {
    if (this.state === "closed" || this.state === "refused") {
      return Promise.reject(new SignalError("offline", () => gettext("连接已断开，请刷新页面。")));
    }
    const before = this.#asked.get(type);
    this.#asked.delete(type);
    const id = before ?? ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const sent = this.#pending.get(id)?.sent;
        this.#pending.delete(id);
        reject(new SignalError(sent ? "late" : "offline", () => gettext("服务器没有及时回答，请再试一次。")));
      }, seconds * 1000);
      const pending = { resolve, reject, timer, text: JSON.stringify({ ...fields, type, id }), early, sent: before !== undefined };
      this.#pending.set(id, pending);
      if (this.state === "open" || (early && this.#socket?.readyState === WebSocket.OPEN)) this.#send(pending);
    });
  }

  /** Ask for everything since the last revision seen, once, a little later. */
  catchUp() {
    this.#catchingUp ??= setTimeout(async () => {
      this.#catchingUp = undefined;
      try {
        const changes = await this.request("changes", { since: this.revision });
        this.revision = Math.max(this.revision, changes.revision ?? 0);
        this.emit("changes", changes);
      } catch (error) {
        // The next welcome or event notices the same gap.
        if (!(error instanceof SignalError)) throw error;
      }
    }, Math.random() * CATCH_UP_SPREAD);
  }

  /** @param {SignalState} state */
  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.emit("state", state);
  }

  #open() {
    this.#become("connecting");
    const start = takeHeadStart(this.url);
    const socket = start?.socket ?? new WebSocket(this.url);
    this.#socket = socket;
    this.#patience.begin(() => this.#swallowed(), start?.begun);
    if (start) this.#follow(start);
    else socket.onopen = () => this.#socket === socket && this.#hello();
    socket.onmessage = (event) => {
      if (this.#socket === socket) this.#read(event.data);
    };
    socket.onclose = () => {
      if (this.#socket === socket) this.#closed();
    };
  }

  /** The socket is older than this module: it has said hello itself, and may have been answered.
   * @param {HeadStart} start */
  #follow({ socket, held, sent }) {
    this.#lastId = sent.length;
    // What it accepted RtcLine accepts once more: nobody waits for the answer to the first time.
    for (const { type, id } of sent) if (type === "watch") this.#asked.set(type, id);
    const heard = () => this.#socket === socket && this.#patience.heard(() => this.#swallowed());
    if (socket.readyState === WebSocket.OPEN) heard();
    else socket.addEventListener("open", heard);
    // Not before whoever opened us has asked: what came may be the answer.
    queueMicrotask(() => {
      for (const text of held) if (this.#socket === socket) this.#read(text);
    });
  }

  #swallowed() {
    this.#drop("waiting");
    this.#retry.in(AFTER_SILENCE, () => this.#open());
  }

  #hello() {
    this.#patience.heard(() => this.#swallowed());
    const fields = this.welcome ? { since: this.revision } : {};
    this.#socket?.send(JSON.stringify({ type: "hello", id: ++this.#lastId, role: this.role, tab: this.tab, ...fields }));
    for (const pending of this.#pending.values()) if (pending.early) this.#send(pending);
  }

  /** @param {Pending} pending */
  #send(pending) {
    if (pending.sent) return;
    pending.sent = true;
    this.#socket?.send(pending.text);
  }

  /** @param {string} text */
  #read(text) {
    const message = JSON.parse(text);
    if (message.type === "welcome") this.#welcomed(message);
    const pending = this.#pending.get(message.re);
    if (pending) {
      this.#pending.delete(message.re);
      clearTimeout(pending.timer);
      if (message.type === "error") pending.reject(new SignalError(message.code, message.message));
      else pending.resolve(message);
      return;
    }
    if (message.type === "error" && this.state === "connecting") return this.#unwelcome(message);
    if (message.type === "question" || message.type === "session") this.#noticeGap(message);
    // The server's own queue for us ran over: what fell off is asked for again.
    if (message.type === "stale") this.catchUp();
    if (message.type !== "welcome") this.emit(message.type, message);
  }

  /** Hello was refused: for good where rights are missing, else it is said again later.
   * @param {any} message */
  #unwelcome(message) {
    if (["not_allowed", "not_found"].includes(message.code)) this.#refused(message);
    else this.#closed();
  }

  /** @param {any} message */
  #welcomed(message) {
    const again = this.welcome !== null;
    const missed = again && (message.revision ?? 0) > this.revision;
    this.welcome = message;
    this.#patience.cancel();
    this.#retry.succeeded();
    this.#become("open");
    for (const pending of this.#pending.values()) this.#send(pending);
    this.#pinging = setInterval(() => this.#ping(), PING_EVERY);
    this.emit("welcome", { ...message, again });
    if (missed) this.catchUp();
    else this.revision = Math.max(this.revision, message.revision ?? 0);
  }

  /** Revisions come one by one; a jump means that the carrier dropped something.
   * @param {any} message */
  #noticeGap(message) {
    if (typeof message.revision !== "number") return;
    if (message.revision > this.revision + 1) this.catchUp();
    else this.revision = Math.max(this.revision, message.revision);
  }

  /** A line that is open but dead is worse than a closed one. */
  async #ping() {
    try {
      await this.request("ping", { t: Date.now() }, { seconds: PONG_WITHIN / 1000 });
    } catch {
      if (this.state === "open") this.#closed();
    }
  }

  /** @param {"waiting" | "closed" | "refused"} state */
  #drop(state) {
    this.#retry.cancel();
    this.#patience.cancel();
    this.#asked.clear();
    clearInterval(this.#pinging);
    clearTimeout(this.#catchingUp);
    this.#catchingUp = undefined;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(state === "waiting" ? COMING_AGAIN : LEAVING);
    this.#become(state);
  }

  #closed() {
    this.#drop("waiting");
    this.#refuseAll(new SignalError("lost", () => gettext("连接中断，正在重新连接。")), (pending) => pending.sent);
    this.#retry.later(() => this.#open());
  }

  /** @param {unknown} why */
  #refused(why) {
    if (this.state === "refused") return;
    this.#drop("refused");
    this.#refuseAll(new SignalError("not_allowed", () => gettext("服务器拒绝了连接。")), () => true);
    this.emit("refused", why);
  }

  /** @param {SignalError} error @param {(pending: Pending) => boolean} which */
  #refuseAll(error, which) {
    for (const [id, pending] of this.#pending) {
      if (!which(pending)) continue;
      this.#pending.delete(id);
      clearTimeout(pending.timer);
      pending.reject(error);
    }
  }
}
