// A question by telephone, letter or WeChat, typed in for a citizen. Nothing typed is lost by a refusal.

import { need, post } from "./dom.js";
import { uuid } from "./ids.js";
import { sentence } from "./console-crew.js";
import { fill } from "./staff-words.js";

const FIELDS = ["channel", "text", "village", "name", "phone", "code"];

export class TakeDown {
  /** @param {import("./console-crew.js").Crew} crew */
  constructor(crew) {
    this.crew = crew;
    this.dialog = need("[data-take-dialog]", HTMLDialogElement);
    this.form = need("[data-take-form]", HTMLFormElement);
    this.note = need("[data-take-note]", HTMLElement);
    this.uuid = uuid();
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
    need("[data-take-code]", HTMLElement).addEventListener("click", () => void this.#sendCode());
    need("[data-take-close]", HTMLElement).addEventListener("click", () => this.dialog.close());
  }

  show() {
    if (!this.dialog.open) this.dialog.showModal();
    this.#field("text").focus();
  }

  /** @param {string} name @returns {HTMLInputElement} */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
  }

  /** @param {string} words @param {boolean} [bad] */
  #say(words, bad = false) {
    this.note.textContent = words;
    this.note.classList.toggle("field-error", bad);
  }

  async #sendCode() {
    try {
      await post("/people/code/", { phone: this.#field("phone").value });
      this.#say(gettext("验证码已发到群众手机，请对方念给您，填在下面。"));
      this.#field("code").focus();
    } catch (error) {
      this.#say(sentence(error), true);
    }
  }

  async #send() {
    const fields = Object.fromEntries(FIELDS.map((name) => [name, this.#field(name).value]));
    let answer;
    try {
      answer = await this.crew.post("take-down/", { ...fields, uuid: this.uuid });
    } catch (error) {
      return this.#say(sentence(error), true);
    }
    const words = answer.confirmed
      ? gettext("已登记，手机号已核实。编号 %(number)s，查询码 %(code)s，请念给群众。")
      : gettext("已登记，手机号未核实。编号 %(number)s，查询码 %(code)s，请念给群众。");
    this.#say(fill(words, { number: answer.number, code: answer.query_code }));
    // The next one is another question; what it is about and by whom is typed anew, the channel mostly stays.
    this.uuid = uuid();
    for (const name of FIELDS) if (name !== "channel") this.#field(name).value = "";
    this.#field("text").focus();
  }
}
