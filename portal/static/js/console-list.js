// One lane on the page: a listbox whose rows are kept by id and changed in place. Nothing is drawn twice, nothing jumps.

import { isAnswering } from "./console-lanes.js";
import { ago, channelWord, fill, stageWord, votesWord } from "./staff-words.js";

/** @typedef {import("./console-lanes.js").Row} Row */
/** @typedef {{row: HTMLElement, votes: HTMLElement, number: HTMLElement, age: HTMLElement, text: HTMLElement, who: HTMLElement, badges: HTMLElement}} Parts */

/**
 * @param {string} tag
 * @param {string} className
 */
function make(tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {string} words
 */
function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/**
 * The end of a case number is enough to tell rows of one evening apart: "20260210-0037" → "0037".
 * @param {string} number
 */
export function shortNumber(number) {
  return number.split("-").pop() || gettext("未编号");
}

/**
 * What a row says beside its text, each with its look.
 * @param {Row} row
 * @param {number} joined how many questions were joined to it
 * @returns {{words: string, look: string}[]}
 */
export function badgesOf(row, joined) {
  const badges = [];
  if (isAnswering(row)) badges.push({ words: gettext("正在回答"), look: "badge-live" });
  else if (row.wall_state === "hidden") badges.push({ words: gettext("未公开"), look: "badge-late" });
  else if (["prompted", "checking", "ready", "on"].includes(row.stage_state)) {
    const look = row.stage_state === "on" ? "badge-live" : row.stage_state === "ready" ? "badge-good" : "badge-soon";
    badges.push({ words: stageWord(row.stage_state), look });
  }
  if (row.wall_state === "shown" && row.stage_state === "new") badges.push({ words: gettext("已上墙"), look: "" });
  if (row.wall_state === "answered") {
    badges.push({ words: row.written_answer ? gettext("书面答复") : gettext("已回答"), look: "badge-good" });
  }
  if (row.kind === "spoken") badges.push({ words: gettext("口头"), look: "" });
  if (row.same_as) badges.push({ words: gettext("已归并"), look: "" });
  if (joined) badges.push({ words: fill(gettext("+%(count)s 同问"), { count: joined }), look: "badge-soon" });
  return badges;
}

/**
 * What is so at this moment only.
 * @param {Row} row
 * @param {boolean} marked
 * @param {string} claimed who else is at it
 */
function standingBadges(row, marked, claimed) {
  const badges = [];
  if (claimed) badges.push({ words: fill(gettext("%(name)s 在处理"), { name: claimed }), look: "badge-soon" });
  if (marked) badges.push({ words: gettext("已标记"), look: "badge-good" });
  if (row.personal?.length && row.wall_state === "received") badges.push({ words: gettext("含个人信息"), look: "badge-soon" });
  if (row.channel) badges.push({ words: channelWord(row.channel), look: "" });
  if (row.blocked) badges.push({ words: gettext("已禁言"), look: "badge-late" });
  return badges;
}

/**
 * @param {HTMLElement} place
 * @param {{words: string, look: string}[]} badges
 */
export function drawBadges(place, badges) {
  const key = badges.map((badge) => badge.look + badge.words).join("|");
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  place.replaceChildren(
    ...badges.map(({ words, look }) => {
      const badge = make("span", look ? `badge ${look}` : "badge");
      badge.textContent = words;
      return badge;
    }),
  );
}

export class LaneView {
  /**
   * @param {HTMLElement} section the lane
   * @param {(id: number) => void} onPick
   */
  constructor(section, onPick) {
    this.section = section;
    this.list = /** @type {HTMLElement} */ (section.querySelector("[data-list]"));
    this.pill = /** @type {HTMLButtonElement} */ (section.querySelector("[data-pill]"));
    this.count = /** @type {HTMLElement} */ (section.querySelector("[data-count]"));
    this.empty = /** @type {HTMLElement} */ (section.querySelector("[data-empty]"));
    /** @type {Map<number, Parts>} */
    this.parts = new Map();
    /** @type {number|null} */
    this.selected = null;
    this.pointed = false;
    this.list.addEventListener("click", (event) => {
      const found = event.target instanceof Element ? event.target.closest("[data-id]") : null;
      if (found instanceof HTMLElement) onPick(Number(found.dataset.id));
    });
    this.list.addEventListener("pointerenter", () => (this.pointed = true));
    this.list.addEventListener("pointerleave", () => (this.pointed = false));
  }

  /** Somebody reads here: the list is scrolled, pointed at, or holds the selected row. */
  get isWatched() {
    return this.list.scrollTop > 4 || this.pointed || this.selected !== null;
  }

  /** @returns {Parts} */
  #create(/** @type {number} */ id) {
    const row = make("li", "q");
    row.id = `q-${id}`;
    row.dataset.id = String(id);
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
    row.tabIndex = -1;
    const parts = {
      row,
      votes: make("span", "q-votes number"),
      number: make("span", "q-number number"),
      age: make("span", "q-age"),
      text: make("p", "q-text"),
      who: make("span", "q-who"),
      badges: make("span", "q-badges"),
    };
    const top = make("div", "q-top");
    top.append(parts.number, parts.who, parts.badges, parts.age, parts.votes);
    row.append(top, parts.text);
    this.parts.set(id, parts);
    return parts;
  }

  /**
   * @param {Row} row
   * @param {{now: number, joined: number, marked: boolean, claimed: string}} facts
   */
  update(row, { now, joined, marked, claimed }) {
    const parts = this.parts.get(row.id);
    if (!parts) return;
    say(parts.votes, row.votes ? votesWord(row.votes) : "");
    say(parts.number, shortNumber(row.number));
    say(parts.age, ago(row.asked_at, now));
    say(parts.text, row.text || gettext("（举手，口头提问）"));
    say(parts.who, [row.name, row.village].filter(Boolean).join(" · "));
    drawBadges(parts.badges, [...badgesOf(row, joined), ...standingBadges(row, marked, claimed)]);
    parts.row.classList.toggle("q-marked", marked);
    parts.row.classList.toggle("q-claimed", Boolean(claimed));
    parts.row.classList.toggle("q-quiet", row.wall_state === "hidden" || Boolean(row.same_as));
  }

  /**
   * Put exactly these rows into the list, in this order, touching only what differs.
   * @param {number[]} ids
   * @param {(id: number) => Row|null} get
   * @param {(row: Row) => {now: number, joined: number, marked: boolean, claimed: string}} facts
   */
  draw(ids, get, facts) {
    const wanted = new Set(ids);
    for (const [id, { row }] of this.parts) {
      if (wanted.has(id)) continue;
      row.remove();
      this.parts.delete(id);
    }
    /** @type {Element|null} */
    let place = this.list.firstElementChild;
    for (const id of ids) {
      const known = this.parts.get(id);
      const { row } = known ?? this.#create(id);
      if (row === place) place = row.nextElementSibling;
      else this.list.insertBefore(row, place);
      const data = known ? null : get(id);
      if (data) this.update(data, facts(data));
    }
    this.empty.hidden = ids.length > 0;
    this.#reachable(ids);
  }

  /** One row of each list can be reached with the Tab key. @param {number[]} ids */
  #reachable(ids) {
    const id = this.selected ?? ids[0];
    for (const [each, { row }] of this.parts) row.tabIndex = each === id ? 0 : -1;
  }

  /**
   * @param {number} total
   * @param {number} held
   */
  counts(total, held) {
    say(this.count, String(total));
    this.pill.hidden = held === 0;
    if (held) {
      const words = ngettext("%(count)s 条新问题", "%(count)s 条新问题", held);
      say(this.pill, fill(words, { count: held }));
    }
  }

  /** @param {number} now */
  ages(now, /** @type {(id: number) => Row|null} */ get) {
    for (const [id, parts] of this.parts) {
      const row = get(id);
      if (row) say(parts.age, ago(row.asked_at, now));
    }
  }

  /**
   * @param {number|null} id   null when the selection is elsewhere
   * @param {boolean} focus    move the keyboard's focus there too
   */
  select(id, focus) {
    const old = this.selected === null ? undefined : this.parts.get(this.selected);
    old?.row.setAttribute("aria-selected", "false");
    this.selected = id;
    const parts = id === null ? undefined : this.parts.get(id);
    if (!parts) {
      this.selected = null;
      if (old) this.#reachable([...this.parts.keys()]);
      return;
    }
    parts.row.setAttribute("aria-selected", "true");
    this.#reachable([]);
    if (focus) parts.row.focus({ preventScroll: true });
    parts.row.scrollIntoView({ block: "nearest" });
  }
}
