// A promise made on air, noted in one line: what, who, until when.

import { need } from "./dom.js";
import { sentence } from "./console-crew.js";
import { staffToast } from "./console-toasts.js";

const WEEK = 7 * 24 * 3600_000;

export class PromiseForm {
  /**
   * @param {import("./signal.js").Signal} signal
   * @param {() => number|null} question the one being answered, else the selected one
   * @param {(id: number) => void} noted
   */
  constructor(signal, question, noted) {
    this.signal = signal;
    this.question = question;
    this.noted = noted;
    this.text = need("[data-promise-text]", HTMLInputElement);
    this.unit = need("[data-promise-unit]", HTMLSelectElement);
    this.due = need("[data-promise-due]", HTMLInputElement);
    this.due.value = new Date(Date.now() + WEEK).toISOString().slice(0, 10);
    need("[data-promise-form]", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
  }

  /** @param {{id: number, name: string}[]} units */
  units(units) {
    const first = this.unit.options[0];
    this.unit.replaceChildren(first, ...units.map(({ id, name }) => new Option(name, String(id))));
  }

  focus() {
    this.text.focus();
  }

  async #send() {
    const id = this.question();
    if (id === null) return staffToast(gettext("先选一个问题。"));
    const fields = { text: this.text.value, due_on: this.due.value || undefined, unit: Number(this.unit.value) || undefined };
    try {
      await this.signal.request("promise", { question: id, ...fields });
    } catch (error) {
      return staffToast(sentence(error), { look: "error", seconds: 8 });
    }
    this.text.value = "";
    staffToast(gettext("承诺已记下，到期会提醒责任单位。"));
    this.noted(id);
  }
}
