/** Captions: a pure store of cues, and the two lines under the picture. */

const KEPT = 40;
// A line that nobody follows up is taken away after this time.
const STALE_MS = 8_000;

/** @typedef {{uid: string, revision: number, final: boolean, participant: string, speaker: string, begin_ms: number, end_ms: number, text: string}} Cue */

export class CaptionStore {
  /** @type {Map<string, Cue & {seen: number}>} */
  #cues = new Map();

  /** Take a cue; an older revision than the one known, or words after the final ones, change nothing.
   * @param {Cue} cue @param {number} now milliseconds @returns {boolean} whether anything changed */
  put(cue, now) {
    const known = this.#cues.get(cue.uid);
    if (known && (known.revision >= cue.revision || (known.final && !cue.final))) return false;
    if (!cue.text) return this.#cues.delete(cue.uid);
    this.#cues.set(cue.uid, { ...cue, seen: now });
    if (this.#cues.size > KEPT) {
      const [oldest] = [...this.#cues.values()].sort((a, b) => a.begin_ms - b.begin_ms);
      this.#cues.delete(oldest.uid);
    }
    return true;
  }

  /** The latest cues worth showing, oldest first.
   * @param {number} now @param {number} [most] @returns {Cue[]} */
  lines(now, most = 2) {
    return [...this.#cues.values()]
      .filter((cue) => now - cue.seen < STALE_MS)
      .sort((a, b) => a.begin_ms - b.begin_ms || a.end_ms - b.end_ms)
      .slice(-most);
  }
}

/** Shows a store in the reserved box; long words push earlier ones out at the top. */
export class CaptionBox {
  #store = new CaptionStore();
  #shown = "";

  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
    setInterval(() => this.#draw(), 1000);
  }

  /** @param {Cue} cue */
  put(cue) {
    if (this.#store.put(cue, Date.now())) this.#draw();
  }

  #draw() {
    const lines = this.#store.lines(Date.now());
    const key = lines.map((cue) => `${cue.uid}/${cue.revision}`).join();
    if (key === this.#shown) return;
    this.#shown = key;
    this.box.replaceChildren(...lines.map((cue, place) => line(cue, lines[place - 1]?.speaker !== cue.speaker)));
  }
}

/** @param {Cue} cue @param {boolean} named */
function line(cue, named) {
  const row = document.createElement("p");
  row.classList.toggle("partial", !cue.final);
  if (named && cue.speaker) {
    const speaker = document.createElement("span");
    speaker.className = "speaker";
    speaker.textContent = interpolate(gettext("%s："), [cue.speaker]);
    row.append(speaker);
  }
  row.append(cue.text);
  return row;
}
