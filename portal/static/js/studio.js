// The leader's studio: check, go live, answer, pause, end. A reload or a lost network comes back to the same broadcast.

import { need, pageData, toast } from "./dom.js";
import { OwnCamera, startDeviceChoice } from "./own-camera.js";
import { Signal, signalUrl } from "./signal.js";
import { elapsed } from "./staff-words.js";
import { ShareDialog } from "./share-dialog.js";
import { startAgenda } from "./studio-agenda.js";
import { checkHints, doubts } from "./studio-check.js";
import { Cohosts } from "./studio-cohosts.js";
import { linkHint } from "./studio-hints.js";
import { Matter } from "./studio-matter.js";
import { StudioMedia } from "./studio-media.js";
import { Panel } from "./studio-panel.js";
import { nextUp, phaseOf, questionOnAir, seatInView, waiting } from "./studio-phase.js";
import { PromiseButton } from "./studio-promise.js";
import { StudioView, confirmEnd, confirmStart } from "./studio-view.js";

const LOOK_EVERY = 2_000;
const METER_EVERY = 100;

class Studio {
  /** @param {any} page */
  constructor(page) {
    this.session = page.session;
    this.view = new StudioView();
    this.camera = new OwnCamera();
    this.signal = new Signal(signalUrl(page.session.id), "leader");
    this.media = new StudioMedia(this.signal, this.view);
    const desk = pageData("desk");
    this.panel = new Panel();
    this.matter = new Matter(page.urls.questions, this.panel);
    this.promise = new PromiseButton(this.signal, desk, () => this.matter.unit);
    this.cohosts = new Cohosts(this.signal, this.panel, desk, page.urls.invitations);
    this.share = new ShareDialog(this.signal, { camera: () => this.camera.stream, send: (stream) => this.#sendShared(stream) });
    startAgenda(this.panel, pageData("agenda"), page.session.id);
    const stage = pageData("stage");
    /** @type {any} */
    this.guest = stage?.guest ?? null;
    /** @type {any[]} */
    this.queue = stage?.queue ?? [];
    /** @type {any[]} */
    this.seats = stage?.cohosts ?? [];
    this.replaced = false;
    this.trouble = "";
    /** @type {string[]} */
    this.doubts = [];
    /** @type {Map<number, any>} */
    this.questions = new Map();
    const onAir = pageData("on-air");
    if (onAir) this.questions.set(onAir.id, onAir);
  }

  get phase() {
    return phaseOf(this.session.state, this.replaced);
  }

  start() {
    this.#listenToServer();
    this.#listenToCamera();
    this.#listenToButtons();
    this.drawAll();
    this.signal.connect();
    if (this.phase !== "over" && this.phase !== "cancelled") void this.camera.open();
    setInterval(() => this.#meter(), METER_EVERY);
    setInterval(() => this.#look(), LOOK_EVERY);
    setInterval(() => this.#tick(), 1000);
  }

  drawAll() {
    this.view.phase(this.phase, this.session.state);
    this.#drawQuestions();
    this.#drawStage();
    this.#ready();
    this.#note();
    this.#tick();
  }

  #listenToServer() {
    const { signal } = this;
    signal.on("state", () => void this.#look());
    signal.on("welcome", (welcome) => this.#welcomed(welcome));
    signal.on("changes", (changes) => this.#welcomed(changes));
    signal.on("session", (message) => this.#sessionChanged(message.session?.state ? message.session : message));
    signal.on("question", (message) => {
      if (message.question) this.questions.set(message.question.id, message.question);
      else this.questions.delete(message.question_id ?? message.id);
      this.#drawQuestions();
    });
    signal.on("stage", (message) => this.#stageChanged(message));
    signal.on("viewers", (message) => this.view.viewers(message));
    signal.on("replaced", () => this.#becomeReplaced());
    this.media.on("replaced", () => this.#becomeReplaced());
    this.media.on("state", (state) => {
      void this.#look();
      // Behind a break the server no longer knows that this picture holds a screen.
      if (state === "on" && this.share.on) this.share.tell();
    });
    this.media.on("refused", (words) => {
      this.trouble = words;
      this.#note();
    });
    signal.on("refused", () => {
      this.trouble = gettext("服务器没有接受连接。请重新登录，再打开演播台。");
      this.#note();
    });
  }

  /** @param {any} facts welcome or changes */
  #welcomed(facts) {
    for (const row of facts.wall ?? []) this.questions.set(row.id, row);
    if (facts.stage) this.#stageChanged(facts.stage);
    if (facts.session) this.#sessionChanged(facts.session);
    void this.#countViewers();
  }

  /** @param {any} facts a session view, or only state and revision */
  #sessionChanged(facts) {
    const before = this.phase;
    if (typeof facts.state === "string") this.session.state = facts.state;
    this.session.went_live_at = facts.went_live_at ?? this.session.went_live_at;
    // An announcement says only that the state changed; the exact time comes with the next welcome.
    if (this.session.state === "live" && !this.session.went_live_at) this.session.went_live_at = new Date().toISOString();
    if (this.phase === "over" && before !== "over") this.#finish();
    this.camera.hear(this.phase !== "paused");
    this.#publish();
    this.drawAll();
  }

  /** @param {any} stage */
  #stageChanged(stage) {
    this.guest = stage.guest ?? null;
    this.queue = stage.queue ?? [];
    this.seats = stage.cohosts ?? [];
    if (!this.replaced) this.media.watch(this.guest, this.seats);
    this.#drawStage();
    this.#drawQuestions();
  }

  #drawStage() {
    this.view.stage(this.guest, seatInView(this.seats));
    this.cohosts.show(this.seats, this.phase === "live" || this.phase === "paused");
  }

  #listenToCamera() {
    const { camera, view } = this;
    camera.on("stream", (stream) => {
      view.selfReady(true);
      this.trouble = "";
      camera.hear(this.phase !== "paused");
      if (this.share.on) this.share.share.follow(stream);
      else view.self.srcObject = stream;
      this.#publish();
      this.drawAll();
    });
    camera.on("trouble", (words) => {
      this.trouble = words;
      this.drawAll();
    });
    startDeviceChoice(camera);
  }

  #listenToButtons() {
    /** @param {string} selector @param {() => unknown} work */
    const onClick = (selector, work) => need(selector, HTMLElement).addEventListener("click", () => void work());
    onClick("[data-go]", () => this.goLive());
    onClick("[data-pause]", () => this.#ask("pause"));
    onClick("[data-resume]", () => this.#ask("resume"));
    onClick("[data-end]", () => this.end());
    onClick("[data-done]", () => this.answerButton());
    onClick("[data-take-back]", () => this.takeBack());
  }

  async goLive() {
    if (!(await confirmStart(this.session.rehearsal, this.doubts)) || !this.camera.stream) return;
    this.view.ready(false, gettext("正在开始…"));
    this.#publish();
    if (!(await this.#ask("go_live"))) this.#ready();
  }

  async end() {
    if (await confirmEnd(this.session.rehearsal)) await this.#ask("end");
  }

  /** The largest button: begin while a question waits, done while it is answered. */
  async answerButton() {
    const question = questionOnAir(this.questions.values());
    if (!question) return;
    this.view.done.disabled = true;
    const answering = question.answer_begin_ms != null && question.answer_end_ms == null;
    await this.#ask(answering ? "end_answer" : "begin_answer", { question: question.id });
    this.#drawQuestions();
  }

  takeBack() {
    this.replaced = false;
    if (!this.camera.stream) void this.camera.open();
    this.#publish();
    this.drawAll();
  }

  /**
   * @param {string} type
   * @param {Record<string, unknown>} [fields]
   * @returns {Promise<boolean>}
   */
  async #ask(type, fields = {}) {
    try {
      await this.signal.request(type, fields);
      return true;
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), 8);
      return false;
    }
  }

  /** From the check on: off air the picture measures the way to the server, and going live needs no second more.
   * After a reload, a break or a take-over the broadcast goes on by itself as soon as there is a picture. */
  #publish() {
    const stream = this.share.share.stream ?? this.camera.stream;
    if (stream && ["check", "live", "paused"].includes(this.phase)) this.media.send(stream);
  }

  /** @param {MediaStream} stream with the shared screen, or the camera's own again */
  #sendShared(stream) {
    this.view.self.srcObject = stream;
    this.view.sharing(this.share.on);
    this.#publish();
  }

  #becomeReplaced() {
    if (this.replaced) return;
    this.replaced = true;
    this.#finish();
    this.drawAll();
  }

  #finish() {
    this.share.share.stop();
    this.media.stop();
    this.camera.close();
  }

  #drawQuestions() {
    const onAir = questionOnAir(this.questions.values());
    this.view.question(onAir);
    const take = onAir || this.phase !== "live" ? null : (/** @type {number} */ question) => void this.#ask("begin_answer", { question });
    const next = nextUp(waiting(this.queue, this.questions), onAir?.id ?? this.guest?.question ?? null);
    this.view.next(next, take);
    this.panel.count("next", next.length);
    this.promise.show(onAir?.id ?? null);
    void this.matter.show(onAir?.id ?? null);
  }

  #ready() {
    const connected = this.signal.state === "open";
    const open = this.camera.stream !== null;
    const waiting = open ? gettext("正在连接服务器…") : gettext("先打开摄像头和麦克风。");
    this.view.ready(connected && open, connected && open ? gettext("开播前只有您自己看得到画面。") : waiting);
  }

  #note() {
    const paused = this.phase === "paused" ? gettext("暂停中：观众看到的是静止画面，听不到您。") : "";
    this.view.note(this.trouble || paused, this.trouble !== "");
  }

  #tick() {
    const began = Date.parse(this.session.went_live_at ?? "");
    const ended = this.phase === "over" ? Date.parse(this.session.ended_at ?? "") : Date.now();
    this.view.elapsed(Number.isFinite(began) && Number.isFinite(ended) ? elapsed(ended - began) : "—");
  }

  #meter() {
    this.view.meter.value = this.camera.level() * 100;
  }

  /** Later changes are told; how many there are already is not part of the welcome. */
  async #countViewers() {
    try {
      const { sockets } = await this.signal.request("statistics");
      this.view.viewers({ webrtc: sockets.viewers });
    } catch {
      // A number less on the page.
    }
  }

  async #look() {
    const { view, camera } = this;
    const line = await this.media.link();
    if (this.phase === "check") {
      const hints = checkHints(camera, view.self, line);
      for (const [name, hint] of Object.entries(hints)) view.hint(name, hint);
      this.doubts = doubts(hints);
      this.#ready();
    }
    view.link(linkHint({ socket: this.signal.state, ...line }));
  }
}

new Studio(pageData("page")).start();
