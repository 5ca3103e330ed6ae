// Order in the hall: who is blocked, how slowly questions come, and the address of the overlay.

import { need } from "./dom.js";
import { sentence } from "./console-crew.js";
import { staffToast } from "./console-toasts.js";
import { fill } from "./staff-words.js";

/** @typedef {{id: number, name: string, reason: string, by: string}} Block */

export class Desk {
  /** @param {import("./console-crew.js").Crew} crew */
  constructor(crew) {
    this.crew = crew;
    this.dialog = need("[data-desk-dialog]", HTMLDialogElement);
    this.slow = need("[data-slow]", HTMLSelectElement);
    this.rows = need("[data-blocks]", HTMLElement);
    this.overlay = need("[data-overlay]", HTMLInputElement);
    this.note = need("[data-desk-note]", HTMLElement);
    this.slow.addEventListener("change", () => void this.#setSlow());
    this.rows.addEventListener("click", (event) => this.#clicked(event));
    need("[data-overlay-copy]", HTMLElement).addEventListener("click", () => void this.#copy());
    need("[data-desk-close]", HTMLElement).addEventListener("click", () => this.dialog.close());
  }

  /** @param {any} facts of the crew's desk */
  take(facts) {
    this.slowed(facts.slow_seconds);
    this.overlay.value = facts.overlay;
    this.#draw(facts.blocks);
  }

  /** @param {number} seconds */
  slowed(seconds) {
    if (![...this.slow.options].some((option) => Number(option.value) === seconds)) {
      this.slow.add(new Option(fill(gettext("每人 %(seconds)s 秒一个问题"), { seconds }), String(seconds)));
    }
    this.slow.value = String(seconds);
  }

  show() {
    this.note.textContent = "";
    if (!this.dialog.open) this.dialog.showModal();
  }

  /** @param {number} question @param {string} reason */
  async block(question, reason) {
    try {
      this.#draw((await this.crew.post("block/", { question: String(question), reason })).blocks);
      staffToast(gettext("已禁言。此人的问题照常登记，不上墙。"));
      return true;
    } catch (error) {
      staffToast(sentence(error), { look: "error", seconds: 8 });
      return false;
    }
  }

  async #setSlow() {
    try {
      await this.crew.post("slow-mode/", { seconds: this.slow.value });
      this.note.textContent = this.slow.value === "0" ? gettext("慢速提问已关。") : gettext("慢速提问已开。");
    } catch (error) {
      this.note.textContent = sentence(error);
    }
  }

  /** @param {Block[]} blocks */
  #draw(blocks) {
    need("[data-blocks-empty]", HTMLElement).hidden = blocks.length > 0;
    this.rows.replaceChildren(
      ...blocks.map((block) => {
        const row = document.createElement("li");
        const lift = document.createElement("button");
        lift.type = "button";
        lift.className = "button button-small";
        lift.dataset.lift = String(block.id);
        lift.textContent = gettext("解除");
        const { name, reason, by } = block;
        lift.setAttribute("aria-label", fill(gettext("解除 %(name)s 的禁言"), { name }));
        row.append(fill(gettext("%(name)s：%(reason)s（%(by)s）"), { name, reason, by }), " ", lift);
        return row;
      }),
    );
  }

  /** @param {Event} event */
  async #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button?.dataset.lift) return;
    try {
      this.#draw((await this.crew.post("block/", { lift: button.dataset.lift })).blocks);
      this.note.textContent = gettext("禁言已解除。");
    } catch (error) {
      this.note.textContent = sentence(error);
    }
  }

  async #copy() {
    this.overlay.select();
    try {
      await navigator.clipboard.writeText(this.overlay.value);
      this.note.textContent = gettext("地址已复制，粘到 OBS 的“浏览器”来源里。");
    } catch {
      this.note.textContent = gettext("请按 Ctrl+C 复制。");
    }
  }
}
