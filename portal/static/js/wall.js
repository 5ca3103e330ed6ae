/** The wall of questions: rows written by the server are kept and corrected in place, new ones come below. */

/** @typedef {import("./live-state.js").Row} Row */

/** Class and words of a badge. @type {Record<"on" | "answered", () => [string, string]>} */
export const BADGES = {
  on: () => ["badge badge-live", gettext("正在回答")],
  answered: () => ["badge badge-good", gettext("已回答")],
};

/** @param {Pick<Row, "stage_state" | "wall_state">} row @returns {"on" | "answered" | "shown"} */
export function standing(row) {
  if (row.stage_state === "on") return "on";
  return row.wall_state === "answered" ? "answered" : "shown";
}

export class Wall {
  /** @type {Map<number, HTMLElement>} */
  #rows = new Map();

  /** Came while somebody looked and were not seen yet: they stand below. @type {Set<Element>} */
  #unseen = new Set();
  #whole = false;

  /** @param {HTMLElement} list @param {HTMLTemplateElement} template @param {HTMLElement} empty shown while there is no row
   * @param {{voteUrl: (id: number) => string, voted: (id: number) => boolean, news: HTMLElement}} options
   * `news`: the button that says how many are new and leads there */
  constructor(list, template, empty, { voteUrl, voted, news }) {
    this.list = list;
    this.template = template;
    this.empty = empty;
    this.voteUrl = voteUrl;
    this.voted = voted;
    this.news = news;
    for (const row of list.querySelectorAll("li")) this.#rows.set(Number(row.dataset.id), row);
    this.watcher = new IntersectionObserver((seen) => {
      for (const { target, isIntersecting } of seen) if (isIntersecting) this.#forget(target);
      this.#drawNews();
    });
    news.addEventListener("click", () => [...this.#unseen][0]?.scrollIntoView({ block: "center" }));
  }

  /** @param {Element} element */
  #forget(element) {
    this.#unseen.delete(element);
    this.watcher.unobserve(element);
  }

  #drawNews() {
    const count = this.#unseen.size;
    this.news.hidden = count === 0;
    if (count) this.news.textContent = interpolate(ngettext("%s 个新问题", "%s 个新问题", count), [count]);
  }

  /** Show exactly these rows, known ones where they are.
   * @param {Row[]} rows */
  show(rows) {
    const wanted = new Set(rows.map((row) => row.id));
    for (const [id, element] of this.#rows) {
      if (wanted.has(id)) continue;
      element.remove();
      this.#rows.delete(id);
      this.#forget(element);
    }
    for (const row of rows) this.#draw(row);
    // What the first message brings is the page itself.
    this.#whole = true;
    this.#drawNews();
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
    this.#press(row.id, element);
  }

  /** The reader's votes are others than before. */
  mark() {
    for (const [id, element] of this.#rows) this.#press(id, element);
  }

  /** @param {number} id @param {HTMLElement} element */
  #press(id, element) {
    element.querySelector(".vote")?.setAttribute("aria-pressed", String(this.voted(id)));
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
    if (this.#whole) {
      this.#unseen.add(element);
      this.watcher.observe(element);
    }
    return element;
  }
}

/** Only what changed is written, so that screen readers and selections are left in peace.
 * @param {HTMLElement} root @param {string} selector @param {string} text */
function write(root, selector, text) {
  const place = root.querySelector(selector);
  if (place && place.textContent !== text) place.textContent = text;
}
