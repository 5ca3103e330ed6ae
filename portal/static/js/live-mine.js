/** What the server knows of the reader in this broadcast: how far the own questions are, what was voted for, the place before
 * the microphone. Asked again from time to time, because a case is accepted at a desk that knows of no broadcast. */

import { need } from "./dom.js";
import { tickWords } from "./outbox-rules.js";
import { BADGES, standing } from "./wall.js";

/** @typedef {import("./live-state.js").Row & {accepted: boolean, state_label: string}} MyRow */

const EVERY = 60_000;

/** How far a question is, as its badge says it.
 * @param {Pick<MyRow, "stage_state" | "wall_state" | "accepted">} row @returns {[string, string]} class, words */
export function badgeOf(row) {
  const word = standing(row);
  if (word !== "shown") return BADGES[word]();
  if (row.wall_state === "shown") return ["badge", gettext("已上墙")];
  return ["badge", tickWords(row.accepted ? "accepted" : "received")];
}

export class Mine {
  /** @type {Set<number>} */
  voted;

  /** @param {{voted: number[], place: number, url: string, stage: string, changed: () => void}} options
   * `stage`: where a raised hand waits; `changed`: votes or place are others now */
  constructor({ voted, place, url, stage, changed }) {
    this.voted = new Set(voted);
    this.place = place;
    this.url = url;
    this.stage = stage;
    this.changed = changed;
    this.rows = need("[data-mine-rows]", HTMLElement);
    setInterval(() => this.rows.childElementCount && document.visibilityState === "visible" && this.refresh(), EVERY);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.rows.childElementCount && this.refresh());
  }

  /** A question that arrived from this page. @param {string} number @param {string} text @param {boolean} hand */
  add(number, text, hand) {
    need("[data-mine]", HTMLElement).hidden = false;
    const row = document.createElement("a");
    row.className = "row";
    row.href = this.#address(number);
    const body = document.createElement("span");
    body.className = "row-body";
    body.textContent = hand ? gettext("举手提问（还没有文字）") : text;
    const mark = document.createElement("span");
    [mark.className, mark.textContent] = ["badge", tickWords("received")];
    row.append(body, mark);
    this.rows.prepend(row);
  }

  /** @param {string} number */
  #address(number) {
    return number ? `/cases/${number}/` : this.stage;
  }

  async refresh() {
    const response = await fetch(this.url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!response?.ok) return;
    const { mine, voted, place } = await response.json();
    this.voted = new Set(voted);
    this.place = place;
    for (const row of /** @type {MyRow[]} */ (mine)) this.#draw(row);
    this.changed();
  }

  /** @param {MyRow} row */
  #draw(row) {
    const link = this.rows.querySelector(`a[href="${this.#address(row.number)}"]`);
    const badge = link?.querySelector(".badge");
    if (!badge) return;
    const [name, words] = badgeOf(row);
    if (badge.textContent !== words) [badge.className, badge.textContent] = [name, words];
    const state = link?.querySelector("[data-case-state]");
    if (state && state.textContent !== row.state_label) state.textContent = row.state_label;
  }
}
