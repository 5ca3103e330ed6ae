/** While a question is typed: what others asked already, with the answer's place in the recording. */

const TYPING_PAUSE = 700;
const ENOUGH = 6;

/** @typedef {{id: number, text: string, village: string, wall_state: string, written_answer: string, answer_begin_ms: number | null, session: {id: number, title: string}}} Alike */

export class Similar {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #asked = "";

  /** @param {HTMLElement} box @param {{url: string, session: number, support: (id: number) => void}} options
   * `support`: what "me too" does */
  constructor(box, { url, session, support }) {
    this.box = box;
    this.url = url;
    this.session = session;
    this.support = support;
  }

  /** @param {string} text */
  typed(text) {
    clearTimeout(this.#timer);
    const wanted = text.trim();
    if (wanted.length < ENOUGH) return this.#show([]);
    this.#timer = setTimeout(() => this.#ask(wanted), TYPING_PAUSE);
  }

  /** The words are sent, or nobody looks at them now: what would still come is of no use and costs the server. */
  stop() {
    clearTimeout(this.#timer);
    this.#asked = "";
  }

  /** @param {string} text */
  async #ask(text) {
    this.#asked = text;
    try {
      const answer = await fetch(`${this.url}?text=${encodeURIComponent(text.slice(0, 300))}`);
      const { similar } = await answer.json();
      if (answer.ok && this.#asked === text) this.#show(similar);
    } catch {
      // Only an offer: without network the question is written all the same.
    }
  }

  /** @param {Alike[]} rows */
  #show(rows) {
    this.box.hidden = rows.length === 0;
    this.box.querySelector("ul")?.replaceChildren(...rows.map((row) => this.#drawn(row)));
  }

  /** @param {Alike} row */
  #drawn(row) {
    const item = document.createElement("li");
    item.className = "row";
    const body = document.createElement("span");
    body.className = "row-body stack-s";
    body.append(part("clamp", row.text));
    if (row.written_answer) body.append(part("muted clamp", row.written_answer));
    item.append(body);
    if (row.answer_begin_ms !== null) {
      const link = document.createElement("a");
      Object.assign(link, { href: `/live/${row.session.id}/replay/#q${row.id}`, target: "_blank" });
      link.textContent = gettext("在回放里看");
      body.append(clipButton(row.id, body), link);
    } else if (!row.written_answer && row.session.id === this.session) {
      const button = document.createElement("button");
      Object.assign(button, { className: "button", type: "button", textContent: gettext("我也想问") });
      button.addEventListener("click", () => this.support(row.id));
      item.append(button);
    }
    return item;
  }
}

/** The answer's clip plays in its place when it is asked for; before that it costs nothing.
 * @param {number} id @param {HTMLElement} place */
function clipButton(id, place) {
  const button = document.createElement("button");
  Object.assign(button, { className: "button", type: "button", textContent: gettext("▶ 看答复") });
  button.addEventListener("click", () => {
    const video = document.createElement("video");
    Object.assign(video, { className: "clip", controls: true, playsInline: true, src: `/recordings/answers/${id}.mp4` });
    video.setAttribute("aria-label", gettext("答复片段"));
    // Not cut yet, or gone: the link to the replay is still there.
    video.addEventListener("error", () => video.replaceWith(part("muted", gettext("片段还没有准备好。"))));
    button.replaceWith(video);
    video.play().catch(() => undefined);
    place.scrollIntoView({ block: "nearest" });
  });
  return button;
}

/** @param {string} name @param {string} text */
function part(name, text) {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
}
