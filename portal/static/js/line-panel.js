// The moderator's panel of the lines: who gets what, as small plots. Asks only while it is open and in sight.

import { need } from "./dom.js";
import { lines, milliseconds, minutes, percent, rate, stepWord, troubled, villageWord } from "./line-words.js";
import { bar, drawLine } from "./plots.js";

const ASK_EVERY = 5_000;
const ROWS = 12;

/** @param {string[]} cells @param {SVGElement|null} [last] */
function tableRow(cells, last = null) {
  const row = document.createElement("tr");
  cells.forEach((text, at) => {
    const cell = document.createElement(at ? "td" : "th");
    if (!at) cell.scope = "row";
    cell.textContent = text;
    row.append(cell);
  });
  if (last) {
    const cell = document.createElement("td");
    cell.append(last);
    row.append(cell);
  }
  return row;
}

export class LinePanel {
  /** @param {{request: (type: string, fields?: Record<string, unknown>) => Promise<any>}} signal */
  constructor(signal) {
    this.signal = signal;
    this.root = need("[data-lines]", HTMLDetailsElement);
    this.asking = false;
  }

  start() {
    this.root.addEventListener("toggle", () => void this.#ask());
    setInterval(() => void this.#ask(), ASK_EVERY);
  }

  async #ask() {
    if (!this.root.open || document.hidden || this.asking) return;
    this.asking = true;
    try {
      this.show((await this.signal.request("statistics")).media.audience);
      this.#say("");
    } catch {
      this.#say(gettext("现在取不到线路数据，几秒后再试。"));
    } finally {
      this.asking = false;
    }
  }

  /** @param {string} text */
  #say(text) {
    const note = need("[data-lines-note]", HTMLElement, this.root);
    note.textContent = text;
    note.hidden = !text;
  }

  /** @param {any} found `audience` of the statistics; missing while nobody has watched */
  show(found) {
    const { history = [], labels = [], worst = [], layers = {} } = found ?? {};
    for (const [name, { values, most, now }] of Object.entries(lines(history))) {
      const figure = need(`[data-plot="${name}"]`, HTMLElement, this.root);
      need("[data-plot-now]", HTMLElement, figure).textContent = now;
      const title = need("figcaption span", HTMLElement, figure).textContent ?? "";
      drawLine(need("svg", SVGSVGElement, figure), values, most, `${title} ${now}`);
    }
    this.#layers(layers);
    this.#villages(labels);
    this.#viewers(troubled(worst));
  }

  /** @param {Record<string, number>} layers */
  #layers(layers) {
    const list = need("[data-lines-steps]", HTMLElement, this.root);
    const steps = ["0", "1", "2", "sound", "nothing"].filter((step) => layers[step]);
    list.replaceChildren(
      ...steps.map((step) => {
        const item = document.createElement("li");
        item.className = "badge";
        item.textContent = `${stepWord(step)} ${layers[step]}`;
        return item;
      }),
    );
  }

  /** @param {import("./line-words.js").VillageRow[]} labels */
  #villages(labels) {
    const rows = labels.slice(0, ROWS).map((row) => {
      const parts = [
        { name: "picture", part: row.picture },
        { name: "sound", part: row.sound },
        { name: "nothing", part: row.nothing },
      ];
      const words = parts.map(({ part }) => minutes(part));
      // A copy: Django's interpolate takes the values out of what it is given.
      const spoken = interpolate(gettext("有画面%s分钟，只有声音%s分钟，收不到%s分钟"), [...words]);
      return tableRow([villageWord(row.label), String(row.viewers), ...words], bar(parts, spoken));
    });
    this.#fill("villages", rows);
  }

  /** @param {import("./line-words.js").ViewerRow[]} viewers */
  #viewers(viewers) {
    const rows = viewers
      .slice(0, ROWS)
      .map((row) => tableRow([villageWord(row.label), stepWord(row.step), percent(row.loss), milliseconds(row.round_trip_ms), rate(row.bitrate)]));
    this.#fill("viewers", rows);
  }

  /** @param {string} name @param {HTMLTableRowElement[]} rows */
  #fill(name, rows) {
    need(`[data-lines-${name}] tbody`, HTMLElement, this.root).replaceChildren(...rows);
    need(`[data-lines-${name}]`, HTMLElement, this.root).hidden = !rows.length;
    need(`[data-lines-${name}-empty]`, HTMLElement, this.root).hidden = rows.length > 0;
  }
}
