// The leader's studio: check, go live, answer, pause, end. A reload or a lost network comes back to the same broadcast.

import { devices } from "./camera.js";
import { need, pageData, toast } from "./dom.js";
import { Signal, signalUrl } from "./signal.js";
import { elapsed } from "./staff-words.js";
import { StudioCamera, fillDevices } from "./studio-camera.js";
import { lightHint, linkHint, networkHint, pictureHint, soundHint } from "./studio-hints.js";
import { StudioMedia } from "./studio-media.js";
import { nextUp, phaseOf, questionOnAir } from "./studio-phase.js";
import { StudioView, confirmEnd, confirmStart } from "./studio-view.js";

const LOOK_EVERY = 2_000;
const METER_EVERY = 100;

class Studio {
  /** @param {any} page */
  constructor(page) {
    this.session = page.session;
    this.view = new StudioView();
    this.camera = new StudioCamera();
    this.signal = new Signal(signalUrl(page.session.id), "leader");
    this.media = new StudioMedia(this.signal, this.view);
    const stage = pageData("stage");
    /** @type {any} */
    this.guest = stage?.guest ?? null;
    /** @type {any[]} */
    this.queue = stage?.queue ?? [];
    this.replaced = false;
    this.trouble = "";
    /** @type {number|null} */
    this.roundTrip = null;
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
    this.view.stage(this.guest);
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
    this.media.on("state", () => void this.#look());
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
    void this.#measure();
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
    this.#publishIfLive();
    this.drawAll();
  }

  /** @param {any} stage */
  #stageChanged(stage) {
    this.guest = stage.guest ?? null;
    this.queue = stage.queue ?? [];
    this.media.watch(this.replaced ? null : this.guest);
    this.view.stage(this.guest);
    this.#drawQuestions();
  }

  #listenToCamera() {
    const { camera, view } = this;
    camera.on("stream", (stream) => {
      view.self.srcObject = stream;
      view.selfReady(true);
      this.trouble = "";
      camera.hear(this.phase !== "paused");
      this.#publishIfLive();
      this.drawAll();
    });
    camera.on("trouble", (words) => {
      this.trouble = words;
      this.drawAll();
    });
    camera.on("list", () => void this.#fillDevices());
  }

  async #fillDevices() {
    if (!navigator.mediaDevices) return;
    const { cameras, microphones } = await devices();
    const stream = this.camera.stream;
    fillDevices(need("[data-camera]", HTMLSelectElement), cameras, stream?.getVideoTracks()[0]);
    fillDevices(need("[data-microphone]", HTMLSelectElement), microphones, stream?.getAudioTracks()[0]);
  }

  #listenToButtons() {
    /** @param {string} selector @param {() => unknown} work */
    const onClick = (selector, work) => need(selector, HTMLElement).addEventListener("click", () => void work());
    const choose = () =>
      this.camera.use({
        camera: need("[data-camera]", HTMLSelectElement).value,
        microphone: need("[data-microphone]", HTMLSelectElement).value,
      });
    need("[data-devices]", HTMLElement).addEventListener("change", () => void choose());
    onClick("[data-go]", () => this.goLive());
    onClick("[data-pause]", () => this.#ask("pause"));
    onClick("[data-resume]", () => this.#ask("resume"));
    onClick("[data-end]", () => this.end());
    onClick("[data-done]", () => this.answerButton());
    onClick("[data-take-back]", () => this.takeBack());
    const dialog = need("[data-devices-dialog]", HTMLDialogElement);
    onClick("[data-devices-open]", () => {
      need("[data-devices-place]", HTMLElement).append(need("[data-devices]", HTMLElement));
      dialog.showModal();
    });
    onClick("[data-devices-close]", () => dialog.close());
  }

  async goLive() {
    if (!(await confirmStart()) || !this.camera.stream) return;
    this.view.ready(false, gettext("正在开始…"));
    this.media.send(this.camera.stream);
    if (!(await this.#ask("go_live"))) this.#ready();
  }

  async end() {
    if (await confirmEnd()) await this.#ask("end");
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
    this.#publishIfLive();
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

  /** After a reload, a break or a take-over: the broadcast goes on by itself as soon as there is a picture. */
  #publishIfLive() {
    const { stream } = this.camera;
    if (stream && (this.phase === "live" || this.phase === "paused")) this.media.send(stream);
  }

  #becomeReplaced() {
    if (this.replaced) return;
    this.replaced = true;
    this.#finish();
    this.drawAll();
  }

  #finish() {
    this.media.stop();
    this.camera.close();
  }

  #drawQuestions() {
    const onAir = questionOnAir(this.questions.values());
    this.view.question(onAir);
    const queued = this.queue.map((place) => ({
      ...this.questions.get(place.question),
      ...place,
      id: place.question,
      stage_state: place.state,
      revision: 0,
    }));
    const rows = queued.length ? queued : this.questions.values();
    this.view.next(nextUp(rows, onAir?.id ?? this.guest?.question ?? null));
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

  async #measure() {
    try {
      const from = performance.now();
      await this.signal.request("ping", { t: from });
      this.roundTrip = performance.now() - from;
    } catch {
      this.roundTrip = null;
    }
  }

  async #look() {
    const { view, camera } = this;
    if (this.phase === "check") {
      const size = view.self.videoWidth ? { width: view.self.videoWidth, height: view.self.videoHeight } : null;
      view.hint("picture", pictureHint(size));
      view.hint("light", lightHint(camera.brightness(view.self)));
      view.hint("sound", soundHint({ track: camera.hasSound, loudest: camera.loudest() }));
      view.hint("network", networkHint(this.roundTrip));
      this.#ready();
    }
    view.link(linkHint({ socket: this.signal.state, ...(await this.media.link()) }));
  }
}

new Studio(pageData("page")).start();
