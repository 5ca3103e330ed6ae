/** The dialog that asks one thing at a time: a question, a raised hand, or who is voting. */

import { showReceived } from "./ask-received.js";
import { masked, problem, stepsFor } from "./ask-steps.js";
import { need, post } from "./dom.js";

/** @typedef {import("./outbox-rules.js").Item} Item */
/** @typedef {import("./ask-steps.js").Purpose} Purpose */
/** @typedef {import("./ask-steps.js").Step} Step */
/** @typedef {{code: string, verify: string, questions: string}} Urls */

const PLAIN_STEPS = /** @type {const} */ (["sending", "received", "unsent"]);
const VILLAGE = "village";

export class AskDialog {
  /** @type {Purpose} */
  #purpose = "ask";
  /** @type {Step[]} */
  #steps = [];
  #place = 0;
  /** @type {() => Promise<void>} */
  #after = async () => {};
  /** What is being typed. @type {Item | null} */
  #item = null;
  /** @type {{name: string, phone: string, code: string}} */
  #identity = { name: "", phone: "", code: "" };

  /** @param {HTMLDialogElement} dialog
   * @param {{signal: import("./signal.js").Signal, store: Pick<Storage, "getItem" | "setItem">, outbox: import("./outbox.js").Outbox, session: number, urls: Urls, verified: boolean, similar?: {typed: (text: string) => void, stop: () => void}, village?: string, limit?: number}} options */
  constructor(dialog, { signal, store, outbox, session, urls, verified, similar, village = "", limit = 2000 }) {
    this.dialog = dialog;
    this.similar = similar;
    this.signal = signal;
    this.outbox = outbox;
    this.session = session;
    this.urls = urls;
    this.verified = verified;
    this.store = store;
    this.village = village || (store.getItem(VILLAGE) ?? "");
    this.limit = limit;
    this.#listen();
  }

  /** @param {Purpose} purpose @param {() => Promise<void>} [after] what to do once it is known who asks (vote) */
  open(purpose, after = async () => {}) {
    this.#purpose = purpose;
    this.#after = after;
    this.#steps = stepsFor(purpose, this.verified);
    this.#place = 0;
    const titles = { ask: gettext("提问"), hand: gettext("举手连线"), vote: gettext("先确认是您本人") };
    need("[data-ask-title]", HTMLElement, this.dialog).textContent = titles[purpose];
    this.#item = null;
    if (purpose !== "vote") this.#fill(purpose);
    if (!this.dialog.open) this.dialog.showModal();
    this.#show(this.#steps[0]);
  }

  #listen() {
    const { dialog } = this;
    need("[data-ask-form]", HTMLFormElement, dialog).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#next();
    });
    for (const name of /** @type {const} */ (["text", "village"])) {
      this.#field(name).addEventListener("input", () => this.#typed(name));
    }
    need("[data-ask-back]", HTMLElement, dialog).addEventListener("click", () => this.#back());
    need("[data-ask-close]", HTMLElement, dialog).addEventListener("click", () => dialog.close());
    need("[data-ask-resend]", HTMLElement, dialog).addEventListener("click", () => this.#tryTo(() => this.#sendCode(gettext("新的验证码已发到 %s，以前的不能再用。"))));
  }

  /** @param {"ask" | "hand"} kind */
  async #fill(kind) {
    const [text, village] = [this.#field("text"), this.#field("village")];
    text.value = "";
    village.value = this.village;
    this.#count();
    await this.outbox.ready;
    if (this.#purpose !== kind) return;
    const item = this.outbox.draft(this.session, kind);
    this.#item = item;
    if (kind === "ask") import("./ask-files.js").then(({ showFiles }) => showFiles(this.dialog, item.uuid));
    // Who was quicker than the disk keeps his words.
    if (text.value) return this.#typed("text");
    text.value = item.text;
    village.value = item.village || this.village;
    this.#count();
  }

  /** @param {string} name @returns {HTMLInputElement | HTMLTextAreaElement} */
  #field(name) {
    const field = this.dialog.querySelector(`[name="${name}"]`);
    if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) return field;
    throw new Error(`the dialog has no field ${name}`);
  }

  /** @param {"text" | "village"} name */
  #typed(name) {
    if (this.#item) this.#item = this.outbox.edit(this.#item, this.#words());
    if (name !== "text") return;
    this.#count();
    if (this.#purpose === "ask") this.similar?.typed(this.#field("text").value);
  }

  #words() {
    return { text: this.#field("text").value, village: this.#field("village").value };
  }

  #count() {
    const place = need("[data-ask-count]", HTMLElement, this.dialog);
    place.textContent = interpolate(gettext("%s / %s 字"), [this.#field("text").value.length, this.limit]);
  }

  /** @param {Step | typeof PLAIN_STEPS[number]} step */
  #show(step) {
    for (const part of this.dialog.querySelectorAll("[data-step]")) {
      /** @type {HTMLElement} */ (part).hidden = part.getAttribute("data-step") !== step;
    }
    const asking = !PLAIN_STEPS.some((plain) => plain === step);
    if (step !== "text") this.similar?.stop();
    need("[data-ask-buttons]", HTMLElement, this.dialog).hidden = step === "sending";
    need("[data-ask-progress]", HTMLElement, this.dialog).textContent = asking
      ? interpolate(gettext("第 %s 步，共 %s 步"), [this.#place + 1, this.#steps.length])
      : "";
    need("[data-ask-back]", HTMLElement, this.dialog).hidden = !asking || this.#place === 0;
    this.#nameNext(asking);
    this.#complain("");
    if (asking) this.#field(step).focus();
    // Its words are what is read out: whether the question has come.
    else need(`[data-step="${step}"] p`, HTMLElement, this.dialog).focus();
  }

  /** @param {boolean} asking */
  #nameNext(asking) {
    const last = this.#place === this.#steps.length - 1;
    const send = { ask: gettext("提交"), hand: gettext("举手"), vote: gettext("确认") }[this.#purpose];
    const words = asking ? (last ? send : gettext("下一步")) : gettext("好的");
    need("[data-ask-next-button]", HTMLElement, this.dialog).textContent = words;
  }

  /** @param {string} text */
  #complain(text) {
    const place = need("[data-ask-error]", HTMLElement, this.dialog);
    place.textContent = text;
    place.hidden = !text;
    for (const field of this.dialog.querySelectorAll("[name]")) field.removeAttribute("aria-invalid");
    const step = this.#steps[this.#place];
    if (text && step) this.#field(step).setAttribute("aria-invalid", "true");
  }

  #back() {
    this.#place = Math.max(0, this.#place - 1);
    this.#show(this.#steps[this.#place]);
  }

  async #next() {
    const step = this.#steps[this.#place];
    const shown = this.dialog.querySelector("[data-step]:not([hidden])")?.getAttribute("data-step");
    if (PLAIN_STEPS.some((plain) => plain === shown)) return this.dialog.close();
    const wrong = step ? problem(step, this.#field(step).value, this.limit) : "";
    if (wrong) {
      this.#complain(wrong);
      return this.#field(step).focus();
    }
    await this.#tryTo(async () => {
      if (step === "phone") await this.#sendCode();
      if (step === "code") await this.#verify();
      this.#place += 1;
      if (this.#place < this.#steps.length) this.#show(this.#steps[this.#place]);
      else await this.#finish();
    });
  }

  /** Run a step that may be refused; the button is quiet meanwhile and the reason stands under the field.
   * @param {() => Promise<void>} work */
  async #tryTo(work) {
    const button = need("[data-ask-next-button]", HTMLButtonElement, this.dialog);
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    // A code that came anew must not stand beside "expired".
    this.#complain("");
    try {
      await work();
    } catch (error) {
      this.#place = Math.min(this.#place, this.#steps.length - 1);
      this.#complain(sentence(error));
    } finally {
      button.setAttribute("aria-busy", "false");
    }
  }

  async #sendCode(words = gettext("验证码已发到 %s，几分钟内有效。")) {
    const phone = this.#field("phone").value.trim();
    await post(this.urls.code, { phone });
    need("[data-ask-sent]", HTMLElement, this.dialog).textContent = interpolate(words, [masked(phone)]);
  }

  async #verify() {
    for (const name of /** @type {const} */ (["name", "phone", "code"])) this.#identity[name] = this.#field(name).value.trim();
    const { person } = await post(this.urls.verify, { ...this.#identity, village: this.#field("village").value.trim() });
    this.verified = true;
    this.outbox.become(person.id);
    // The socket still speaks for nobody: it comes again with the new cookie.
    this.signal.renew();
  }

  async #finish() {
    if (this.#purpose === "vote") {
      this.dialog.close();
      return this.#after();
    }
    const text = this.#field("text").value.trim();
    const village = this.#field("village").value.trim();
    this.store.setItem(VILLAGE, village);
    const item = this.outbox.edit(this.#item ?? this.outbox.draft(this.session, this.#purpose), { text, village });
    this.#show("sending");
    const result = await this.outbox.submit(item.uuid);
    if (result.outcome === "waiting") return this.#show("unsent");
    if (result.outcome === "received") {
      showReceived(this.dialog, item.kind, result.answer);
      return this.#show("received");
    }
    this.#refusedAt(item, result.error);
    throw result.error;
  }

  /** Back to the words, which are all still there. @param {Item} item @param {unknown} error */
  #refusedAt(item, error) {
    if (/** @type {any} */ (error).code === "not_allowed") this.verified = false;
    this.#item = this.outbox.reopen(item.uuid);
    this.#steps = stepsFor(item.kind, this.verified);
    this.#place = 0;
    this.#show(this.#steps[0]);
  }
}

/** @param {unknown} error @returns {string} */
function sentence(error) {
  if (error instanceof TypeError) return gettext("现在没有网络。您写的都保存着，请稍后再试。");
  return error instanceof Error ? error.message : String(error);
}
