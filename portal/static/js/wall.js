/** The wall of questions: rows written by the server are kept and corrected in place, new ones come below. */

/** @typedef {import("./live-state.js").Row} Row */

const BADGES = {
  on: () => ["badge badge-live", gettext("正在回答")],
  answered: () => ["badge badge-good", gettext("已回答")],
};

/** @param {Row} row @returns {"on" | "answered" | "shown"} */
export function standing(row) {
  if (row.stage_state === "on") return "on";
  return row.wall_state === "answered" ? "answered" : "shown";
}

export class Wall {
  /** @type {Map<number, HTMLElement>} */
  #rows = new Map();

  /** @param {HTMLElement} list @param {HTMLTemplateElement} template @param {HTMLElement} empty shown while there is no row
   * @param {{voteUrl: (id: number) => string, voted: (id: number) => boolean}} options */
  constructor(list, template, empty, { voteUrl, voted }) {
    this.list = list;
    this.template = template;
    this.empty = empty;
    this.voteUrl = voteUrl;
    this.voted = voted;
    for (const row of list.querySelectorAll("li")) this.#rows.set(Number(row.dataset.id), row);
  }

  /** Show exactly these rows, known ones where they are.
   * @param {Row[]} rows */
  show(rows) {
    const wanted = new Set(rows.map((row) => row.id));
    for (const [id, element] of this.#rows) {
      if (wanted.has(id)) continue;
      element.remove();
      this.#rows.delete(id);
    }
    for (const row of rows) this.#draw(row);
    this.empty.hidden = rows.length > 0;
  }

  /** @param {Row} row */
  #draw(row) {
    const element = this.#rows.get(row.id) ?? this.#add(row.id);
    write(element, ".wall-text", row.text || gettext("举手提问（还没有文字）"));
    write(element, "[data-who]", [row.village, row.name].filter(Boolean).join(" "));
    write(element, "[data-votes]", String(row.votes));
    const word = standing(row);
    element.classList.toggle("is-on", word === "on");
    this.#badge(element, word);
    element.querySelector(".vote")?.setAttribute("aria-pressed", String(this.voted(row.id)));
  }

  /** @param {HTMLElement} element @param {"on" | "answered" | "shown"} word */
  #badge(element, word) {
    const place = element.querySelector("[data-badge-place]");
    if (!place || element.dataset.standing === word) return;
    element.dataset.standing = word;
    if (word === "shown") return place.replaceChildren();
    const badge = document.createElement("span");
    [badge.className, badge.textContent] = BADGES[word]();
    place.replaceChildren(badge);
  }

  /** @param {number} id @returns {HTMLElement} */
  #add(id) {
    const copy = /** @type {DocumentFragment} */ (this.template.content.cloneNode(true));
    const element = /** @type {HTMLElement} */ (copy.firstElementChild);
    element.dataset.id = String(id);
    element.querySelector("form")?.setAttribute("action", this.voteUrl(id));
    this.list.append(element);
    this.#rows.set(id, element);
    return element;
  }
}

/** Only what changed is written, so that screen readers and selections are left in peace.
 * @param {HTMLElement} root @param {string} selector @param {string} text */
function write(root, selector, text) {
  const place = root.querySelector(selector);
  if (place && place.textContent !== text) place.textContent = text;
}
