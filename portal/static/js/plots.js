// Small plots as SVG: a line over time, and a bar of parts. Pure but for making elements; colours come from the sheet.

const SVG = "http://www.w3.org/2000/svg";
export const WIDTH = 240;
export const HEIGHT = 48;
// The share of the height that the highest value takes: the line must not touch the edge.
const FILL = 0.9;

/** Points of a polyline. Holes (null) break the line.
 * @param {(number|null)[]} values oldest first
 * @param {number} most what fills the height; at least something, so that zeros lie on the ground
 * @returns {string[]} one `points` attribute for each unbroken piece */
export function linePieces(values, most) {
  const step = values.length > 1 ? WIDTH / (values.length - 1) : 0;
  const top = Math.max(most, Number.MIN_VALUE);
  /** @type {string[][]} */
  const pieces = [[]];
  values.forEach((value, at) => {
    const piece = pieces[pieces.length - 1];
    if (value === null || !Number.isFinite(value)) {
      if (piece?.length) pieces.push([]);
      return;
    }
    const y = HEIGHT - Math.min(1, Math.max(0, value / top)) * HEIGHT * FILL;
    piece?.push(`${round(at * step)},${round(y)}`);
  });
  return pieces.filter((piece) => piece.length).map((piece) => piece.join(" "));
}

/** Widths of the parts of a bar of 100, whole numbers that add up to it (or all 0).
 * @param {number[]} parts @returns {number[]} */
export function shares(parts) {
  const sum = parts.reduce((one, other) => one + other, 0);
  if (!(sum > 0)) return parts.map(() => 0);
  const exact = parts.map((part) => (100 * part) / sum);
  const found = exact.map(Math.floor);
  const order = exact.map((value, at) => ({ at, rest: value - Math.floor(value) })).sort((one, other) => other.rest - one.rest);
  for (let left = 100 - found.reduce((one, other) => one + other, 0), next = 0; left > 0; left -= 1, next += 1) {
    const at = order[next % order.length]?.at ?? 0;
    found[at] = (found[at] ?? 0) + 1;
  }
  return found;
}

/** @param {number} value */
const round = (value) => Math.round(value * 10) / 10;

/** @param {string} name @param {Record<string, string|number>} attributes */
function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** Draw a line into an `<svg>` that stands on the page, and say it in words for who does not see it.
 * @param {SVGSVGElement} svg @param {(number|null)[]} values @param {number} most @param {string} words */
export function drawLine(svg, values, most, words) {
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-label", words);
  svg.replaceChildren(
    shape("line", { class: "plot-ground", x1: 0, x2: WIDTH, y1: HEIGHT - 0.5, y2: HEIGHT - 0.5 }),
    ...linePieces(values, most).map((points) => shape("polyline", { class: "plot-line", points })),
  );
}

/** A bar of parts, each with a class of its own.
 * @param {{part: number, name: string}[]} parts @param {string} words @returns {SVGElement} */
export function bar(parts, words) {
  const svg = shape("svg", { class: "plot-bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", role: "img", "aria-label": words });
  let x = 0;
  shares(parts.map(({ part }) => part)).forEach((width, at) => {
    svg.append(shape("rect", { class: `plot-${parts[at]?.name}`, x, y: 0, width, height: 8 }));
    x += width;
  });
  return svg;
}
