// A promise with one tap: the second of the tap counts; unit, date and words can be put right afterwards.

import { need, toast } from "./dom.js";
import { position } from "./time.js";
import { fill } from "./staff-words.js";
import { dayWord } from "./studio-panel.js";

/** @typedef {{promise: number, question: number, text: string, unit: {id: number, name: string}, due_on: string, at_ms: number|null}} Noted */
/** @typedef {{units: {id: number, name: string}[], due: {days: number, due_on: string}[]}} Desk */

const USUAL_DAYS = 7;

/** @param {Noted} noted */
export function notedWords({ unit, due_on: due, at_ms: ms }) {
  const values = { unit: unit.name, day: dayWord(due), at: ms === null ? "—" : position(ms) };
  return fill(gettext("已记下承诺：%(unit)s，%(day)s前，在 %(at)s 处"), values);
}

export class PromiseButton {
  #dialog = need("[data-promise-dialog]", HTMLDialogElement);
  #button = need("[data-promise]", HTMLButtonElement);
  #save = need("[data-promise-save]", HTMLButtonElement);
  #text = need("[data-promise-text]", HTMLTextAreaElement);
  #trouble = need("[data-promise-trouble]", HTMLElement);
  /** @type {Noted|null} the last one noted, which may be put right */
  #noted = null;
  /** @type {number|null} */
  #question = null;
  #tappedAt = 0;
  /** @type {{unit: number, due_on: string}} */
  #chosen = { unit: 0, due_on: "" };

  /**
   * @param {import("./signal.js").Signal} signal
   * @param {Desk} desk
   * @param {() => {id: number, name: string}|null} likely the unit that a tap is for
   */
  constructor(signal, desk, likely) {
    this.signal = signal;
    this.desk = desk;
    this.likely = likely;
    this.#button.addEventListener("click", () => void this.tap());
    this.#save.addEventListener("click", () => void this.#send());
    need("[data-noted-change]", HTMLButtonElement).addEventListener("click", () => this.#change());
    need("[data-promise-close]", HTMLButtonElement).addEventListener("click", () => this.#dialog.close());
  }

  /** @param {number|null} question on air; another one forgets what was noted on the last */
  show(question) {
    this.#button.disabled = question === null;
    if (question === this.#question) return;
    this.#question = question;
    this.#note(null);
  }

  async tap() {
    if (this.#question === null) return;
    this.#tappedAt = performance.now();
    this.#noted = null;
    const unit = this.likely();
    const usual = this.desk.due.find((each) => each.days === USUAL_DAYS);
    this.#chosen = { unit: unit?.id ?? 0, due_on: usual?.due_on ?? "" };
    this.#text.value = "";
    // Nobody can be guessed: the second is kept, the next tap says who.
    if (unit) await this.#send();
    else this.#ask();
  }

  #change() {
    if (!this.#noted) return;
    this.#chosen = { unit: this.#noted.unit.id, due_on: this.#noted.due_on };
    this.#text.value = this.#noted.text;
    this.#ask();
  }

  #ask() {
    this.#say("");
    this.#draw();
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  #draw() {
    const due = this.desk.due.map(({ days, due_on: day }) => {
      const words = fill(ngettext("%(count)s 个工作日", "%(count)s 个工作日", days), { count: days });
      return choice(words, day === this.#chosen.due_on, () => (this.#chosen.due_on = day), dayWord(day));
    });
    const likely = this.likely()?.id;
    const units = [...this.desk.units].sort((a, b) => Number(b.id === likely) - Number(a.id === likely));
    need("[data-promise-due]", HTMLElement).replaceChildren(...due);
    need("[data-promise-units]", HTMLElement).replaceChildren(
      ...units.map(({ id, name }) => choice(name, id === this.#chosen.unit, () => (this.#chosen.unit = id))),
    );
    for (const button of this.#dialog.querySelectorAll(".studio-choices button")) button.addEventListener("click", () => this.#draw());
    this.#save.disabled = !this.#chosen.unit;
  }

  async #send() {
    const question = this.#question;
    if (question === null) return;
    this.#save.disabled = this.#button.disabled = true;
    /** @type {Record<string, unknown>} */
    const fields = { question, unit: this.#chosen.unit, due_on: this.#chosen.due_on || undefined, text: this.#text.value };
    if (this.#noted) fields.promise = this.#noted.promise;
    else fields.ago_ms = Math.min(600_000, Math.round(performance.now() - this.#tappedAt));
    try {
      const noted = await this.signal.request("promise", fields);
      this.#dialog.close();
      if (question === this.#question) this.#note(noted);
      toast(notedWords(noted));
    } catch (error) {
      // What was chosen stays in the sheet; the second of the tap still counts at the next try.
      const words = error instanceof Error ? error.message : String(error);
      if (this.#dialog.open) this.#say(words);
      else toast(words, 8);
    } finally {
      this.#save.disabled = !this.#chosen.unit;
      this.#button.disabled = this.#question === null;
    }
  }

  /** @param {Noted|null} noted */
  #note(noted) {
    this.#noted = noted;
    need("[data-noted]", HTMLElement).hidden = noted === null;
    need("[data-noted-words]", HTMLElement).textContent = noted ? notedWords(noted) : "";
  }

  /** @param {string} words */
  #say(words) {
    this.#trouble.textContent = words;
    this.#trouble.hidden = words === "";
  }
}

/** @param {string} words @param {boolean} chosen @param {() => void} choose @param {string} [more] in a second line */
function choice(words, chosen, choose, more = "") {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = words;
  if (more) button.append(Object.assign(document.createElement("small"), { textContent: more }));
  button.setAttribute("aria-pressed", String(chosen));
  button.addEventListener("click", choose);
  return button;
}
