// Inviting a department without leaving the console: one link, to be handed on.

import { sentence } from "./console-crew.js";
import { fillUnits } from "./console-promise.js";
import { need, post } from "./dom.js";

export class Invite {
  /** @param {string} url of the invitations */
  constructor(url) {
    this.url = url;
    this.dialog = need("[data-invite-dialog]", HTMLDialogElement);
    this.unit = need("#invite-unit", HTMLSelectElement);
    this.name = need("#invite-name", HTMLInputElement);
    this.link = need("[data-invite-link]", HTMLInputElement);
    this.note = need("[data-invite-note]", HTMLElement);
    need("[data-invite]", HTMLElement).addEventListener("click", () => this.dialog.showModal());
    need("[data-invite-close]", HTMLElement).addEventListener("click", () => this.dialog.close());
    need("[data-invite-form]", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
  }

  /** @param {{id: number, name: string}[]} units */
  units(units) {
    fillUnits(this.unit, units);
  }

  /** What was typed stays until it is accepted. */
  async #send() {
    try {
      const row = await post(this.url, { unit: this.unit.value, name: this.name.value });
      this.name.value = "";
      this.link.value = row.link;
    } catch (error) {
      this.note.textContent = sentence(error);
      return;
    }
    this.link.select();
    try {
      await navigator.clipboard.writeText(this.link.value);
      this.note.textContent = gettext("链接已复制，发给对方就行。");
    } catch {
      this.note.textContent = gettext("请按 Ctrl+C 复制。");
    }
  }
}
