// What is known of the question on air: who asks, from where, what was answered before, what is still owed.

import { need } from "./dom.js";
import { fill } from "./staff-words.js";
import { dayWord, listRow, promiseRow } from "./studio-panel.js";

/**
 * Earlier cases in words; empty for somebody who comes for the first time from a quiet village.
 * @param {{cases: number, village_cases: number}} asker
 */
export function historyWords({ cases, village_cases: village }) {
  const words = [];
  if (cases) words.push(fill(ngettext("此前提过 %(count)s 件", "此前提过 %(count)s 件", cases), { count: cases }));
  if (village) words.push(fill(ngettext("本村另有 %(count)s 件", "本村另有 %(count)s 件", village), { count: village }));
  return words.join(" · ");
}

export class Matter {
  /** @type {any} */
  facts = null;
  /** @type {number|null} */
  #question = null;

  /**
   * @param {string} url of the session's questions
   * @param {import("./studio-panel.js").Panel} panel
   */
  constructor(url, panel) {
    this.url = url;
    this.panel = panel;
  }

  /** @param {number|null} question the one on air @returns {Promise<void>} */
  async show(question) {
    if (question === this.#question) return;
    this.#question = question;
    this.facts = null;
    this.#draw();
    if (question === null) return;
    try {
      const answer = await fetch(`${this.url}${question}/matter/`, { headers: { Accept: "application/json" } });
      if (!answer.ok || this.#question !== question) return;
      this.facts = await answer.json();
      this.#draw();
      if (this.#count()) this.panel.open("matter");
    } catch {
      // Without a line the leader answers without it; it is asked for again with the next change of the question.
      if (this.#question === question) this.#question = null;
    }
  }

  /** The unit that a promise is most likely for. @returns {{id: number, name: string}|null} */
  get unit() {
    return this.facts?.unit ?? null;
  }

  #count() {
    const { earlier = [], replies = [], promises = [] } = this.facts ?? {};
    return earlier.length + replies.length + promises.length;
  }

  #draw() {
    const { asker, earlier = [], replies = [], promises = [] } = this.facts ?? {};
    need("[data-air-history]", HTMLElement).textContent = asker ? historyWords(asker) : "";
    need("[data-matter-empty]", HTMLElement).hidden = this.#count() > 0;
    if (this.facts && !this.#count()) need("[data-matter-empty]", HTMLElement).textContent = gettext("以前没有人问过类似的事。");
    this.panel.count("matter", this.#count());
    this.#rows("promise", promises.map(promiseRow));
    this.#rows("earlier", earlier.map((/** @type {any} */ row) => listRow([row.words, `${row.host} · ${dayWord(row.answered_on)}`])));
    this.#rows(
      "reply",
      replies.map((/** @type {any} */ row) => {
        const said = row.words || gettext("（口头答复，文字还没有整理好）");
        return listRow([said, `${row.host} · ${dayWord(row.answered_on)}`, [row.text, row.village].filter(Boolean).join(" · ")], row.replay);
      }),
    );
  }

  /** @param {"promise"|"earlier"|"reply"} name @param {HTMLElement[]} rows */
  #rows(name, rows) {
    const part = { promise: "promises", earlier: "earlier", reply: "replies" }[name];
    need(`[data-matter-${part}]`, HTMLElement).hidden = rows.length === 0;
    need(`[data-matter-${name}-rows]`, HTMLElement).replaceChildren(...rows);
  }
}
