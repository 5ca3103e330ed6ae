/** What every page does: large print, countdowns, copy buttons, the outbox. Works on elements marked with data-. Runs once:
 * as a script of its own, or brought by live-first.js. */

import { cookie, post, toast } from "./dom.js";
import { countdown } from "./time.js";

// The copies are some thirty files; a telephone has better to do in the first seconds.
const COPIES_AFTER = 3_000;
// A page that is busy for so long is not waited for.
const IDLE_WITHIN = 1_000;
/** So long a form that was sent is on its way. */
const ANSWER_WITHIN = 15_000;
const YEAR = 60 * 60 * 24 * 365;

/** @param {boolean} large */
function setPrint(large) {
  const word = large ? "large" : "normal";
  if (large) document.documentElement.dataset.print = "large";
  else delete document.documentElement.dataset.print;
  try {
    localStorage.setItem("print", word);
  } catch {
    // Private windows may refuse storage; the cookie is enough.
  }
  document.cookie = `print=${word}; path=/; max-age=${YEAR}; samesite=lax`;
}

/** One in the header and one in every dialog, which makes the header unreachable. */
function startPrintSwitch() {
  /** @type {NodeListOf<HTMLElement>} */
  const buttons = document.querySelectorAll("[data-print-switch]");
  if (!buttons.length) return;
  const show = () => {
    const large = String(document.documentElement.dataset.print === "large");
    for (const button of buttons) button.setAttribute("aria-pressed", large);
  };
  let remembered = "";
  try {
    remembered = localStorage.getItem("print") ?? "";
  } catch {
    // As above.
  }
  // A lost cookie is renewed from storage, so that the next page comes large from the server.
  if (remembered && !cookie("print")) setPrint(remembered === "large");
  show();
  const change = () => {
    const large = document.documentElement.dataset.print !== "large";
    setPrint(large);
    show();
    // The choice goes with the account to the next telephone.
    if (document.body.dataset.person) post("/people/print/", { large: large ? "1" : "0" }).catch(() => undefined);
  };
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", change);
  }
}

function startCountdowns() {
  const places = [...document.querySelectorAll("[data-countdown]")];
  if (!places.length) return;
  const tick = () => {
    for (const place of places) {
      const left = Date.parse(place.getAttribute("data-countdown") ?? "") - Date.now();
      place.textContent = Number.isFinite(left) ? countdown(left) : "";
      place.toggleAttribute("data-due", left <= 0);
    }
  };
  tick();
  setInterval(tick, 1000);
}

/** @param {MouseEvent} event */
async function copyOnClick(event) {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.getAttribute("data-copy") ?? "");
    toast(gettext("已复制"));
  } catch {
    toast(gettext("无法复制，请长按号码手动复制。"));
  }
}

/** What only a script can do is seen when there is one. */
function startCopying() {
  for (const button of document.querySelectorAll("[data-copy]")) button.removeAttribute("hidden");
  document.addEventListener("click", copyOnClick);
}

function startReading() {
  if (!("speechSynthesis" in window)) return;
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-read]"))) {
    button.hidden = false;
    button.addEventListener("click", async () => (await import("./read-aloud.js")).readAloud(button));
  }
}

/** After everything that is seen at once, a live picture too. Safari has no idle callbacks. */
function startOutbox() {
  const box = document.querySelector("[data-outbox]");
  if (!(box instanceof HTMLElement)) return;
  const start = async () => (await import("./outbox-box.js")).startOutbox(box);
  if ("requestIdleCallback" in window) requestIdleCallback(start, { timeout: IDLE_WITHIN });
  else start();
}

/** A copy that is shown without network says that it is one. */
function startOfflineNote() {
  const note = document.querySelector("[data-offline]");
  if (!(note instanceof HTMLElement)) return;
  const show = () => void (note.hidden = navigator.onLine);
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}

/** When everything that is seen has come, the live picture too: the copies for a day without signal. */
function startWorker() {
  if (!("serviceWorker" in navigator)) return;
  // Refused in private windows; the site works without.
  const register = () => setTimeout(() => navigator.serviceWorker.register("/service-worker.js").catch(() => undefined), COPIES_AFTER);
  if (document.readyState === "complete") register();
  else addEventListener("load", register);
}

/** A second tap would call the first one back, and its answer with it: the code is used, and nobody is told the number. */
function startSendingOnce() {
  /** @type {HTMLElement | null} */
  let sent = null;
  let until = 0;
  // Before the page's own modules, for which every sending is a new one.
  const again = (/** @type {SubmitEvent} */ event) => {
    if (!sent || event.submitter !== sent || event.timeStamp > until) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  addEventListener("submit", again, { capture: true });
  addEventListener("submit", (event) => {
    const leaves = event.target instanceof HTMLFormElement && event.target.method === "post";
    if (leaves && !event.defaultPrevented) [sent, until] = [event.submitter, event.timeStamp + ANSWER_WITHIN];
  });
  // Back to the form.
  addEventListener("pageshow", ({ persisted }) => persisted && (sent = null));
}

startSendingOnce();
startPrintSwitch();
startReading();
startCountdowns();
startOfflineNote();
startOutbox();
startWorker();
startCopying();
