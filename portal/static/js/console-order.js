// The running order: what comes when, what is on, how late we are.

import { need } from "./dom.js";
import { sentence } from "./console-crew.js";
import { fill } from "./staff-words.js";

/** @typedef {{id: number, title: string, minutes: number, starts_at: string, began_at: string|null}} Item */

/** @param {string} iso */
function clock(iso) {
  return new Date(iso).toLocaleTimeString(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: "Asia/Shanghai",
  });
}

/**
 * Where the evening stands. Pure.
 * @param {Item[]} items
 * @param {number} now milliseconds since 1970
 * @returns {{on: Item|null, next: Item|null, late: number}} late: whole minutes that the item on air is over its time
 */
export function standing(items, now) {
  const begun = items.filter((item) => item.began_at);
  const on = begun.at(-1) ?? null;
  const next = on ? (items[items.indexOf(on) + 1] ?? null) : (items[0] ?? null);
  const until = on?.began_at ? Date.parse(on.began_at) + on.minutes * 60_000 : 0;
  const from = !on && next ? Date.parse(next.starts_at) : 0;
  const over = on ? now - until : from ? now - from : 0;
  return { on, next, late: Math.max(0, Math.floor(over / 60_000)) };
}

/** Minutes by which a clock in Beijing is ahead, in the sign of `getTimezoneOffset`. */
const BEIJING = -480;

export class RunningOrder {
  /** @param {import("./console-crew.js").Crew} crew */
  constructor(crew) {
    this.crew = crew;
    /** @type {Item[]} */
    this.items = [];
    this.dialog = need("[data-order-dialog]", HTMLDialogElement);
    this.rows = need("[data-order-rows]", HTMLElement);
    this.line = need("[data-order-line]", HTMLElement);
    this.error = need("[data-order-error]", HTMLElement);
    // All times of the page are Beijing time; who sits elsewhere reads another clock on the wall.
    need("[data-zone]", HTMLElement).hidden = new Date().getTimezoneOffset() === BEIJING;
    this.rows.addEventListener("click", (event) => this.#clicked(event));
    need("[data-order-add]", HTMLElement).addEventListener("click", () => this.#add());
    need("[data-order-form]", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#save();
    });
    need("[data-order-close]", HTMLElement).addEventListener("click", () => this.dialog.close());
  }

  /** @param {Item[]} items */
  take(items) {
    this.items = items;
    if (!this.dialog.open) this.#drawRows();
    else this.#drawTimes();
    this.tick();
  }

  show() {
    this.#drawRows();
    this.error.textContent = "";
    if (!this.dialog.open) this.dialog.showModal();
  }

  tick() {
    const { on, next, late } = standing(this.items, Date.now());
    const parts = [];
    if (on) parts.push(fill(gettext("现在：%(title)s（%(minutes)s 分钟）"), { title: on.title, minutes: on.minutes }));
    if (next) parts.push(fill(gettext("%(time)s 接着：%(title)s"), { time: clock(next.starts_at), title: next.title }));
    if (late) parts.push(fill(ngettext("晚 %(count)s 分钟", "晚 %(count)s 分钟", late), { count: late }));
    const words = parts.join(" · ") || gettext("流程：还没有");
    if (this.line.textContent !== words) this.line.textContent = words;
    this.line.dataset.level = late ? "warn" : "good";
  }

  #drawRows() {
    this.rows.replaceChildren(...(this.items.length ? this.items : [null]).map((item) => this.#row(item)));
  }

  /** What is being typed stays; only times and the begin buttons follow. */
  #drawTimes() {
    for (const item of this.items) {
      const row = this.rows.querySelector(`[data-item="${item.id}"]`);
      if (row) this.#dress(row, item);
    }
  }

  /** @param {Item|null} item */
  #row(item) {
    const row = /** @type {HTMLElement} */ (need("[data-order-template]", HTMLTemplateElement).content.firstElementChild?.cloneNode(true));
    const [title, minutes] = row.querySelectorAll("input");
    title.value = item?.title ?? "";
    minutes.value = String(item?.minutes ?? 10);
    if (item) {
      row.dataset.item = String(item.id);
      this.#dress(row, item);
    }
    return row;
  }

  /** @param {Element} row @param {Item} item */
  #dress(row, item) {
    need("[data-order-time]", HTMLElement, row).textContent = clock(item.starts_at);
    const begin = need("[data-order-begin]", HTMLButtonElement, row);
    begin.hidden = false;
    begin.textContent = item.began_at ? gettext("已开始") : gettext("开始");
    begin.setAttribute("aria-pressed", String(Boolean(item.began_at)));
  }

  #add() {
    const row = this.#row(null);
    this.rows.append(row);
    row.querySelector("input")?.focus();
  }

  /** @param {Event} event */
  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const row = button?.closest("li");
    if (!button || !row) return;
    if (button.hasAttribute("data-order-up")) row.previousElementSibling?.before(row);
    if (button.hasAttribute("data-order-down")) row.nextElementSibling?.after(row);
    if (button.hasAttribute("data-order-up") || button.hasAttribute("data-order-down")) button.focus();
    if (button.hasAttribute("data-order-drop")) row.remove();
    if (button.hasAttribute("data-order-begin")) void this.#send({ begin: row.dataset.item ?? "" });
  }

  async #save() {
    const items = [...this.rows.children].flatMap((row) => {
      const [title, minutes] = row.querySelectorAll("input");
      const id = Number(/** @type {HTMLElement} */ (row).dataset.item) || null;
      return title.value.trim() ? [{ id, title: title.value.trim(), minutes: Number(minutes.value) }] : [];
    });
    if (await this.#send({ items: JSON.stringify(items) })) this.dialog.close();
  }

  /** @param {Record<string, string>} fields */
  async #send(fields) {
    try {
      this.take((await this.crew.post("running-order/", fields)).running_order);
      this.error.textContent = "";
      return true;
    } catch (error) {
      this.error.textContent = sentence(error);
      return false;
    }
  }
}
