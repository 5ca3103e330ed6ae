// The panel beside the question: four pages behind tabs, and the rows on them.

import { need } from "./dom.js";
import { fill } from "./staff-words.js";

const LONG = 160;
const BEGIN = 80;

/** @typedef {"next"|"matter"|"agenda"|"cohosts"} Sheet */

/**
 * A date without a time in the reader's words; it is the same day in every time zone.
 * @param {string} iso "2026-02-12"
 */
export function dayWord(iso) {
  const day = new Date(`${iso}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return iso;
  const language = globalThis.document?.documentElement.lang || "zh-hans";
  return new Intl.DateTimeFormat(language, { timeZone: "UTC", month: "short", day: "numeric", weekday: "short" }).format(day);
}

export class Panel {
  #root = need("[data-panel]", HTMLElement);
  #tabs = [...this.#root.querySelectorAll("[role=tab]")].filter((tab) => tab instanceof HTMLElement);

  constructor() {
    for (const tab of this.#tabs) tab.addEventListener("click", () => this.#open(tab));
    this.#root.querySelector("[role=tablist]")?.addEventListener("keydown", (event) => this.#keys(/** @type {KeyboardEvent} */ (event)));
  }

  /** @param {boolean} shown */
  show(shown) {
    this.#root.hidden = !shown;
  }

  /** @param {Sheet} name */
  open(name) {
    const tab = this.#tabs.find((each) => each.id === `tab-${name}`);
    if (tab) this.#open(tab);
  }

  /** @param {Sheet} name @param {number} count 0 shows nothing */
  count(name, count) {
    need(`[data-count="${name}"]`, HTMLElement, this.#root).textContent = count ? String(count) : "";
  }

  /** @param {HTMLElement} chosen */
  #open(chosen) {
    for (const tab of this.#tabs) {
      const on = tab === chosen;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      const sheet = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (sheet) sheet.hidden = !on;
    }
  }

  /** Arrow keys as in every tab list (WAI-ARIA). @param {KeyboardEvent} event */
  #keys(event) {
    const at = this.#tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: this.#tabs.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const tab = this.#tabs[(to + this.#tabs.length) % this.#tabs.length];
    this.#open(tab);
    tab.focus();
  }
}

/**
 * One row: lines of text, the first in full, those behind it quiet; a link to the recording where there is one.
 * @param {string[]} lines
 * @param {string} [replay]
 */
export function listRow([first, ...rest], replay = "") {
  const item = document.createElement("li");
  item.append(wordsOf(first));
  for (const line of rest.filter(Boolean)) {
    const quiet = document.createElement("p");
    quiet.className = "muted";
    quiet.textContent = line;
    item.append(quiet);
  }
  if (replay) {
    const link = document.createElement("a");
    link.className = "button";
    link.href = replay;
    // The studio must stay open: it is on air.
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = gettext("看当时的片段");
    item.append(link);
  }
  return item;
}

/** Short words in full; long ones begin, and a tap shows the rest. @param {string} text */
function wordsOf(text) {
  const words = document.createElement("p");
  words.textContent = text;
  if (text.length <= LONG) return words;
  const fold = document.createElement("details");
  const begin = document.createElement("summary");
  begin.textContent = `${[...text].slice(0, BEGIN).join("")}…`;
  fold.append(begin, words);
  return fold;
}

/**
 * @param {{text: string, unit: string, due_on: string, late: boolean, number: string, village: string, replay: string}} promise
 */
export function promiseRow(promise) {
  const due = fill(promise.late ? gettext("已过期：%(day)s") : gettext("期限：%(day)s"), { day: dayWord(promise.due_on) });
  const item = listRow([promise.text, `${promise.unit} · ${due}`, [promise.number, promise.village].filter(Boolean).join(" · ")], promise.replay);
  if (promise.late) item.children[1].className = "field-error";
  return item;
}
