// A promise made on air, noted in one line: what, who, until when.

import { dayInShanghai } from "./day-words.js";
import { need } from "./dom.js";
import { sentence } from "./console-crew.js";
import { staffToast } from "./console-toasts.js";

const WEEK = 7 * 24 * 3600_000;

/**
 * Behind "please choose", which stays.
 * @param {HTMLSelectElement} select
 * @param {{id: number, name: string}[]} units
 */
export function fillUnits(select, units) {
  const chosen = select.value;
  select.replaceChildren(select.options[0], ...units.map(({ id, name }) => new Option(name, String(id))));
  select.value = chosen;
}

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
    this.due.value = dayInShanghai(Date.now() + WEEK);
    need("[data-promise-form]", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
  }

  /** @param {{id: number, name: string}[]} units */
  units(units) {
    fillUnits(this.unit, units);
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
