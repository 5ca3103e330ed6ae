/** Reads the page aloud, one block after the other, with the voice of the telephone. Loaded by page.js at the first tap. */

import { toast } from "./dom.js";

const BLOCKS = "h1, h2, h3, p, li, dt, dd, label, summary, figcaption, legend, .row-body";
const RATE = 0.9;

/** @param {Element} element */
function seen(element) {
  return element.getClientRects().length > 0 && !element.closest("[aria-hidden=true], .visually-hidden, template, noscript");
}

/** What is to be read, in the order of the page; a block inside a block is read with it.
 * @param {ParentNode} root @returns {HTMLElement[]} */
export function blocks(root) {
  const all = [...root.querySelectorAll(BLOCKS)].filter((element) => seen(element) && element.textContent?.trim());
  return /** @type {HTMLElement[]} */ (all.filter((element) => !all.some((other) => other !== element && element.contains(other))));
}

class Reader {
  /** @type {HTMLElement[]} */
  #left = [];
  /** @type {HTMLElement | undefined} */
  #now;

  /** The button that started it. @type {HTMLElement | undefined} */
  button;

  constructor() {
    addEventListener("pagehide", () => this.stop());
  }

  get reading() {
    return this.#now !== undefined;
  }

  /** @param {HTMLElement} button reads its dialog, or the page */
  start(button) {
    this.button = button;
    this.#left = blocks(button.closest("dialog") ?? document.querySelector("main") ?? document.body);
    button.setAttribute("aria-pressed", "true");
    this.#next();
  }

  stop() {
    this.#left = [];
    speechSynthesis.cancel();
    this.#mark(undefined);
    this.button?.setAttribute("aria-pressed", "false");
  }

  #next() {
    let block = this.#left.shift();
    // The next step of a dialog, or its end, takes away what stood there.
    while (block && !seen(block)) block = this.#left.shift();
    if (!block) return this.stop();
    this.#mark(block);
    const words = new SpeechSynthesisUtterance(block.innerText.replace(/\s+/g, " "));
    words.lang = document.documentElement.lang === "en" ? "en" : "zh-CN";
    words.rate = RATE;
    // One that was stopped also ends, and must not push on what began after it.
    words.onend = () => this.#now === block && this.#next();
    words.onerror = ({ error }) => {
      if (this.#now !== block || error === "interrupted" || error === "canceled") return;
      this.stop();
      toast(gettext("这台手机不能朗读。"));
    };
    speechSynthesis.speak(words);
  }

  /** @param {HTMLElement | undefined} block */
  #mark(block) {
    this.#now?.classList.remove("is-read");
    block?.classList.add("is-read");
    block?.scrollIntoView({ block: "nearest" });
    this.#now = block;
  }
}

/** @type {Reader | undefined} */
let reader;

/** Start or stop; a button of a dialog takes over from the page's.
 * @param {HTMLElement} button */
export function readAloud(button) {
  reader ??= new Reader();
  const again = !reader.reading || reader.button !== button;
  if (reader.reading) reader.stop();
  if (again) reader.start(button);
}
