// The pane on the right: one question whole, with everything that can be done to it. Nothing typed there is ever lost.

import { allowedActions, matches, similarRows } from "./console-lanes.js";
import { badgesOf, drawBadges } from "./console-list.js";
import { FilesPart } from "./console-files.js";
import { drawMarked } from "./console-personal.js";
import { need } from "./dom.js";
import { channelWord, fill, votesWord } from "./staff-words.js";

/** @typedef {import("./console-lanes.js").Row} Row */
/** @typedef {import("./console-rows.js").RowStore} RowStore */
/** @typedef {import("./console-drafts.js").Drafts} Drafts */
/** @typedef {{onSame: (other: number) => void, onShow: (id: number) => void}} Callbacks */

const PICKS = 6;

export class DetailsPane {
  /**
   * @param {RowStore} store
   * @param {Drafts} drafts
   * @param {Callbacks} callbacks
   */
  constructor(store, drafts, callbacks) {
    this.store = store;
    this.drafts = drafts;
    this.callbacks = callbacks;
    this.root = need("[data-details]", HTMLElement);
    this.written = this.#find("[data-written]", HTMLTextAreaElement);
    this.final = this.#find("[data-final]", HTMLInputElement);
    this.spoken = this.#find("[data-spoken-text]", HTMLTextAreaElement);
    this.sameSearch = this.#find("[data-same-search]", HTMLInputElement);
    this.files = new FilesPart(this.#find("[data-d-files]", HTMLElement));
    /** @type {number|null} */
    this.id = null;
    for (const field of [this.written, this.final, this.spoken]) field.addEventListener("input", () => this.#keepDraft());
    this.sameSearch.addEventListener("input", () => this.#drawSimilar());
    this.#find("[data-d-similar]", HTMLElement).addEventListener("click", (event) => this.#clicked(event));
  }

  /**
   * @template {Element} T
   * @param {string} selector
   * @param {new () => T} kind
   */
  #find(selector, kind) {
    return need(selector, kind, this.root);
  }

  /** @param {string} selector @param {string} words */
  #say(selector, words) {
    const place = this.#find(selector, HTMLElement);
    if (place.textContent !== words) place.textContent = words;
  }

  /** Whether there is typing under way that a change of selection would hide. */
  get isTyping() {
    return this.root.contains(document.activeElement) && document.activeElement instanceof HTMLTextAreaElement;
  }

  /** @param {number|null} id */
  show(id) {
    if (id !== this.id) {
      this.#keepDraft();
      this.id = id;
      this.sameSearch.value = "";
      const row = id === null ? null : this.store.get(id);
      const draft = id === null ? undefined : this.drafts.of(id);
      const opened = this.drafts.open(row);
      this.written.value = draft?.written ?? opened.written;
      this.final.checked = draft?.final ?? false;
      this.spoken.value = draft?.spoken ?? opened.spoken;
    }
    this.draw();
  }

  /** Somebody else has answered, or confirmed the words: seen where nothing is typed. @param {Row} row */
  #follow(row) {
    const before = this.drafts.opened;
    const now = this.drafts.open(row);
    if (this.written.value === before.written) this.written.value = now.written;
    if (this.spoken.value === before.spoken) this.spoken.value = now.spoken;
  }

  #keepDraft() {
    const row = this.id === null ? null : this.store.get(this.id);
    if (!row) return;
    const draft = { written: this.written.value, final: this.final.checked, spoken: row.kind === "spoken" ? this.spoken.value : row.text };
    this.drafts.keep(row, draft);
  }

  /** What was sent need not be kept. @param {Row} row @param {{written?: string, spoken?: string}} words */
  sent(row, words) {
    this.drafts.sent(row, words);
    if (row.id === this.id && words.written !== undefined) this.final.checked = false;
  }

  draw() {
    const row = this.id === null ? null : this.store.get(this.id);
    this.#find("[data-details-empty]", HTMLElement).hidden = row !== null;
    this.#find("[data-details-body]", HTMLElement).hidden = row === null;
    if (!row) return;
    this.#follow(row);
    this.#say("[data-d-number]", row.number || gettext("还没有诉求编号"));
    drawBadges(this.#find("[data-d-badges]", HTMLElement), badgesOf(row, this.store.sameCounts().get(row.id) ?? 0));
    const words = row.text || gettext("（举手，口头提问：文字在连线时从字幕取）");
    drawMarked(this.#find("[data-d-text]", HTMLElement), words, row.personal ?? []);
    const rewritten = row.public_text !== undefined && row.public_text !== row.text;
    this.#say("[data-d-public]", rewritten ? fill(gettext("公开文字：%(text)s"), { text: row.public_text ?? "" }) : "");
    this.#say("[data-d-who]", this.#who(row));
    this.#find("[data-d-spoken]", HTMLElement).hidden = row.kind !== "spoken";
    this.files.show(row);
    this.#drawActions(row);
    this.#drawSimilar();
    this.#drawHistory(row);
  }

  /** @param {Row} row */
  #who(row) {
    const votes = row.votes ? votesWord(row.votes) : "";
    const time = new Date(row.asked_at).toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZone: "Asia/Shanghai",
    });
    const channel = row.channel ? channelWord(row.channel) : "";
    return [row.name, row.village, time, votes, channel].filter(Boolean).join(" · ");
  }

  /** @param {Row} row */
  #drawActions(row) {
    const allowed = allowedActions(row);
    // Of each pair only one makes sense; the other gives its place.
    const swaps = { shortlist: "back", begin: "end", hide: "unhide" };
    for (const [one, other] of Object.entries(swaps)) {
      const second = allowed.has(/** @type {any} */ (other));
      this.#button(one).hidden = second;
      this.#button(other).hidden = !second;
    }
    for (const rare of ["show", "put_on", "take_off", "call_up"]) {
      this.#button(rare).hidden = !allowed.has(/** @type {any} */ (rare));
    }
    for (const button of this.root.querySelectorAll("[data-act]")) {
      const action = /** @type {HTMLElement} */ (button).dataset.act ?? "";
      /** @type {HTMLButtonElement} */ (button).disabled = !allowed.has(/** @type {any} */ (action));
    }
    for (const selector of ["[data-written]", "[data-final]", "[data-written-save]"]) {
      /** @type {HTMLButtonElement} */ (this.#find(selector, HTMLElement)).disabled = !allowed.has("write");
    }
    this.sameSearch.disabled = !allowed.has("same");
  }

  /** @param {string} action */
  #button(action) {
    return this.#find(`.details-actions [data-act="${action}"]`, HTMLButtonElement);
  }

  #drawSimilar() {
    const row = this.id === null ? null : this.store.get(this.id);
    if (!row) return;
    const query = this.sameSearch.value.trim();
    const others = [...this.store.rows.values()].filter((other) => other.id !== row.id && other.id !== row.same_as);
    const found = query
      ? others.filter((other) => !other.same_as && matches(other, query)).slice(0, PICKS)
      : similarRows(row, others, PICKS).map((each) => each.row);
    const root = row.same_as ? this.store.get(row.same_as) : null;
    const place = this.#find("[data-d-similar]", HTMLElement);
    const key = JSON.stringify([row.id, query, root?.id, this.sameSearch.disabled, ...found.map((each) => [each.id, each.revision])]);
    if (place.dataset.key === key) return;
    place.dataset.key = key;
    place.replaceChildren(
      ...(root ? [similarItem(root, gettext("已归并到"), false)] : []),
      ...found.map((other) => similarItem(other, "", !this.sameSearch.disabled)),
    );
    if (place.children.length) return;
    const none = document.createElement("li");
    none.className = "muted";
    none.textContent = query ? gettext("没有找到。") : gettext("没有相似的问题。");
    place.append(none);
  }

  /** @param {Event} event */
  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    if (button.dataset.same) this.callbacks.onSame(Number(button.dataset.same));
    if (button.dataset.show) this.callbacks.onShow(Number(button.dataset.show));
  }

  /** @param {Row} row */
  #drawHistory(row) {
    const none = gettext("没有");
    const count = (/** @type {number|undefined} */ n) => (n ? fill(ngettext("%(count)s 件", "%(count)s 件", n), { count: n }) : none);
    const facts = [
      [gettext("此人此前的诉求"), count(row.history?.person)],
      [gettext("本村此前的诉求"), count(row.history?.village)],
      ...(row.hidden_reason ? [[gettext("不公开的原因"), row.hidden_reason]] : []),
    ];
    const place = this.#find("[data-d-history]", HTMLElement);
    const key = facts.flat().join("|");
    if (place.dataset.key === key) return;
    place.dataset.key = key;
    place.replaceChildren(
      ...facts.flatMap(([name, value]) => {
        const [term, text] = [document.createElement("dt"), document.createElement("dd")];
        term.textContent = name;
        text.textContent = value;
        return [term, text];
      }),
    );
  }
}

/**
 * @param {Row} row
 * @param {string} before
 * @param {boolean} joinable
 */
function similarItem(row, before, joinable) {
  const item = document.createElement("li");
  const show = document.createElement("button");
  show.type = "button";
  show.className = "similar-text";
  show.dataset.show = String(row.id);
  show.textContent = `${before} ${row.number} ${row.text}`.trim();
  item.append(show);
  if (joinable) {
    const join = document.createElement("button");
    join.type = "button";
    join.className = "button button-small";
    join.dataset.same = String(row.id);
    join.textContent = gettext("并入");
    join.setAttribute("aria-label", fill(gettext("并入 %(number)s"), { number: row.number }));
    item.append(join);
  }
  return item;
}
