// Keeping something from going out: the delay of the HLS viewers, and the cut that puts a slate in its place.

import { need } from "./dom.js";
import { elapsed, fill } from "./staff-words.js";

/** @typedef {{id: number, begin_ms: number, end_ms: number|null}} Cut */

// With a delay all that has not gone out yet is cut; without one at least the replay loses what was reacted to.
export const DELAY_SECONDS = 20;
export const REACTION_SECONDS = 10;

/**
 * What a press of the button means now. Pure.
 * @param {Cut[]} cuts
 * @param {number} delay seconds
 * @returns {{type: "cut"|"cut_end", fields: Record<string, number>}}
 */
export function cutStep(cuts, delay) {
  if (cuts.some((cut) => cut.end_ms === null)) return { type: "cut_end", fields: {} };
  return { type: "cut", fields: { back: delay || REACTION_SECONDS } };
}

/**
 * What a cut does, and for whom: the line over HLS and the replay can be replaced, who watches in real time has seen it.
 * Pure.
 * @param {boolean} open a cut goes on
 * @param {number} delay seconds
 * @param {string} state of the session
 */
export function cutWords(open, delay, state) {
  if (open && state === "paused") return gettext("正在切断，直播也已暂停：延时观众和实时观众都看到静止画面。");
  if (open) return gettext("正在切断：延时观众看到“暂不播出”，实时观众仍看到现场，要停请按“暂停直播”。录像保留原片。");
  if (!delay) return fill(gettext("没有延时：延时观众从按下起看到静止画面，看过的收不回；回放从 %(seconds)s 秒前起换掉。切断管不到实时观众，要停请按“暂停直播”。"), { seconds: REACTION_SECONDS });
  return fill(gettext("延时观众晚 %(seconds)s 秒，切断时还没播出的都换成静止画面，回放也是。切断管不到实时观众，要停请按“暂停直播”。"), { seconds: delay });
}

export class CutDesk {
  /**
   * @param {import("./signal.js").Signal} signal
   * @param {(error: unknown) => void} refused
   */
  constructor(signal, refused) {
    this.signal = signal;
    this.refused = refused;
    /** @type {Cut[]} */
    this.cuts = [];
    this.delay = 0;
    this.state = "";
    this.button = need("[data-cut]", HTMLButtonElement);
    this.word = need("[data-cut-word]", HTMLElement);
    this.note = need("[data-cut-note]", HTMLElement);
    this.delayBox = need("[data-delay]", HTMLInputElement);
    this.rows = need("[data-cuts]", HTMLElement);
    this.button.addEventListener("click", () => void this.press());
    this.delayBox.addEventListener("change", () => void this.setDelay(this.delayBox.checked ? DELAY_SECONDS : 0));
    this.rows.addEventListener("click", (event) => this.#clicked(event));
    signal.on("cuts", (message) => this.take(message.cuts));
    this.#draw();
  }

  /** @param {Cut[]} cuts */
  take(cuts) {
    this.cuts = cuts;
    this.#draw();
  }

  /** @param {number} seconds */
  delayed(seconds) {
    this.delay = seconds;
    this.delayBox.checked = seconds > 0;
    this.#draw();
  }

  /** @param {string} state */
  session(state) {
    this.state = state;
    this.#draw();
  }

  async press() {
    const { type, fields } = cutStep(this.cuts, this.delay);
    await this.#ask(type, fields);
  }

  /** @param {number} seconds */
  async setDelay(seconds) {
    await this.#ask("delay", { seconds });
  }

  /** @param {string} type @param {Record<string, number>} fields */
  async #ask(type, fields) {
    try {
      const answer = await this.signal.request(type, fields);
      if (answer.cuts) this.take(answer.cuts);
      if (type === "delay") this.delayed(fields.seconds);
    } catch (error) {
      this.delayBox.checked = this.delay > 0;
      this.refused(error);
    }
  }

  #draw() {
    const open = this.cuts.some((cut) => cut.end_ms === null);
    this.button.setAttribute("aria-pressed", String(open));
    this.button.classList.toggle("button-danger", !open);
    this.word.textContent = open ? gettext("恢复播出") : gettext("切断");
    const words = cutWords(open, this.delay, this.state);
    if (this.note.textContent !== words) this.note.textContent = words;
    this.rows.replaceChildren(...this.cuts.map(cutRow));
  }

  /** @param {Event} event */
  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.dataset.lift) void this.#ask("cut_undo", { cut: Number(button.dataset.lift) });
  }
}

/** @param {Cut} cut */
function cutRow(cut) {
  const row = document.createElement("li");
  const [words, lift] = [document.createElement("span"), document.createElement("button")];
  const until = cut.end_ms === null ? gettext("现在") : elapsed(cut.end_ms);
  words.textContent = fill(gettext("%(from)s 到 %(until)s 已切断"), { from: elapsed(cut.begin_ms), until });
  lift.type = "button";
  lift.className = "button button-small";
  lift.dataset.lift = String(cut.id);
  lift.textContent = gettext("撤销切断");
  row.append(words);
  if (cut.end_ms !== null) {
    const original = document.createElement("a");
    original.href = `/recordings/cuts/${cut.id}.mp4`;
    original.target = "_blank";
    original.textContent = gettext("看原片");
    row.append(" ", original);
  }
  row.append(" ", lift);
  return row;
}
