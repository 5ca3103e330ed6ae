/**
 * The picture first. These few modules are fetched before all others; they take over the socket that head-start.js opened
 * and bring the picture (live-picture.js), then the rest of the page runs.
 */

import { need } from "./dom.js";
import { watcher } from "./live-picture.js";

const root = need("[data-live]", HTMLElement);

// A picture that does not come must not hold up the rest for longer than this.
const REST_WITHIN = 1_500;
/** @type {Promise<unknown> | undefined} */
let loading;

/** The rest of the page: when the picture is there, because a small phone does either, and at once where somebody touches
 * the page or there is no picture to wait for. */
function rest() {
  loading ??= bring().finally(() => removeEventListener("click", early, true));
  clearTimeout(waiting);
  return loading;
}

/** Words and page.js, which base.html has on every other page, and live.js. Both read words while they load. */
async function bring() {
  const { words } = root.dataset;
  if (words) {
    await script(words);
    await import("./page.js");
  } else if (typeof gettext === "undefined") {
    // In the page of a planned broadcast they are scripts that run before this event.
    await new Promise((resolve) => addEventListener("DOMContentLoaded", resolve, { once: true }));
  }
  await import("./live.js");
}

/** @param {string} address @returns {Promise<void>} */
function script(address) {
  const element = document.createElement("script");
  element.src = address;
  return new Promise((resolve, reject) => {
    element.onload = () => resolve();
    element.onerror = () => reject(new Error(`${address} did not come`));
    document.head.append(element);
  });
}

/** A tap that comes before the page listens is done when it does; without the rest a link is a link.
 * @param {MouseEvent} event */
function early(event) {
  const target = event.target instanceof Element ? event.target.closest("a, button") : null;
  if (!(target instanceof HTMLElement) || !root.contains(target) || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  const again = () => target.click();
  rest().then(again, again);
}

const waiting = setTimeout(rest, REST_WITHIN);
addEventListener("click", early, true);
for (const type of ["pointerdown", "keydown"]) addEventListener(type, rest, { capture: true, once: true });
watcher.on("state", ({ state: now }) => now !== "waiting" && rest());
if (watcher.state !== "connecting") rest();
