/** The replay page: player, chapters, transcript. A click on a line jumps there; the line being spoken is marked. */

import { need, pageData, shelf } from "./dom.js";
import { captionsOnPicture } from "./picture-captions.js";
import { currentIndex, playerSeconds } from "./replay-map.js";
import { amount, position } from "./time.js";
import { HlsLine } from "./watch-hls.js";

const FRESH_MS = 120_000;
const LOOK_AGAIN_MS = 4_000;
// A replay is there half a minute after its broadcast; one that is missing after an hour was never recorded.
const GONE_MS = 3_600_000;

/** @typedef {{at: number, element: HTMLElement}} Place */

const page = pageData("page");
const root = need("[data-replay]", HTMLElement);
const video = need("[data-video]", HTMLVideoElement);
const follow = need("[data-follow]", HTMLInputElement);
/** @type {Place[]} */
let lines = [];
/** @type {Place[]} */
let chapters = [];

const line = new HlsLine(video, page.replay, root.dataset.library ?? "", { live: false });
let opened = false;

/** What plays weighs three times what is read here: it comes to whoever wants to see. */
function open() {
  if (opened) return;
  opened = true;
  need("[data-play-first]", HTMLElement).hidden = true;
  void line.open();
}

/** @param {number} seconds */
function jump(seconds) {
  open();
  const go = () => {
    video.currentTime = seconds;
    video.play().catch(() => undefined);
  };
  if (video.readyState >= HTMLMediaElement.HAVE_METADATA) go();
  else video.addEventListener("loadedmetadata", go, { once: true });
}

/** Whether there is anything to play is said before somebody presses play. */
async function lookForList() {
  const found = await fetch(page.replay).catch(() => null);
  if (found && !found.ok) sayMissing(found.status);
}

/** @param {number | undefined} status of the list's answer */
function sayMissing(status) {
  const trouble = need("[data-trouble]", HTMLElement);
  const gone = status === 404 && Date.now() - Date.parse(page.session.ended_at ?? "") > GONE_MS;
  trouble.textContent = gone
    ? gettext("这场直播没有录像。回答了的问题和文字都在这里。")
    : gettext("回放还没有准备好。通常在直播结束后半分钟内就能看，请稍后刷新。");
  trouble.classList.toggle("note-error", !gone);
  for (const part of document.querySelectorAll(".player, .line-row")) /** @type {HTMLElement} */ (part).hidden = gone;
  trouble.hidden = false;
}

/** @param {import("./replay-map.js").Line[]} rows */
function drawTranscript(rows) {
  const list = need("[data-transcript]", HTMLElement);
  list.replaceChildren();
  lines = rows.map((row, index) => {
    const at = row.player_seconds ?? playerSeconds(row.begin_ms, rows);
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "jump";
    button.append(part("number", position(at * 1000)));
    const words = document.createElement("span");
    if (row.speaker && row.speaker !== rows[index - 1]?.speaker) words.append(part("speaker", interpolate(gettext("%s："), [row.speaker])));
    words.append(row.text);
    button.append(words);
    button.addEventListener("click", () => jump(at));
    item.append(button);
    list.append(item);
    return { at, element: button };
  });
  list.hidden = rows.length === 0;
  need("[data-transcript-empty]", HTMLElement).hidden = rows.length > 0;
}

/** @param {string} name @param {string} text */
function part(name, text) {
  const span = document.createElement("span");
  span.className = name;
  span.textContent = text;
  return span;
}

/** @param {import("./replay-map.js").Line[]} rows */
function drawChapters(rows) {
  chapters = [...document.querySelectorAll("[data-begin]")].map((element) => {
    const link = /** @type {HTMLElement} */ (element);
    const at = playerSeconds(Number(link.dataset.begin), rows);
    need("[data-at]", HTMLElement, link).textContent = position(at * 1000);
    link.addEventListener("click", () => jump(at));
    return { at, element: link };
  });
}

/** Mark the current place of a list; the transcript scrolls inside its own box, never the page.
 * @param {Place[]} places @param {boolean} scroll */
function mark(places, scroll) {
  const index = currentIndex(video.currentTime, places);
  for (const [place, { element }] of places.entries()) {
    if (place !== index) element.removeAttribute("aria-current");
    else if (!element.hasAttribute("aria-current")) {
      element.setAttribute("aria-current", "true");
      const box = element.closest(".transcript");
      if (scroll && box) box.scrollTop += element.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
    }
  }
}

/** The address names a chapter (#q7) or a second (#t=83.2): it plays from there where the browser lets it; or a written
 * answer (#w7), which opens. */
function followHash() {
  const written = document.getElementById(location.hash.slice(1));
  if (written instanceof HTMLDetailsElement) {
    written.open = true;
    written.scrollIntoView({ block: "center" });
    return;
  }
  const second = /^#t=(\d{1,6}(?:\.\d+)?)$/.exec(location.hash);
  const at = second ? Number(second[1]) : chapters.find(({ element }) => `#${element.id}` === location.hash)?.at;
  if (at !== undefined) jump(at);
}

/** The last words of a broadcast are written some seconds after it: look again while it is live or just over. */
async function words(known = -1) {
  const response = await fetch(page.urls.transcript, { headers: { Accept: "application/json" } }).catch(() => null);
  const body = response?.ok ? await response.json() : {};
  const rows = body.rows ?? body.cues ?? [];
  if (rows.length !== known) {
    drawTranscript(rows);
    drawChapters(rows);
  }
  const over = Date.parse(page.session.ended_at ?? "");
  if (!(Date.now() - over > FRESH_MS)) setTimeout(() => void words(rows.length), LOOK_AGAIN_MS);
}

/** Sound alone takes a twentieth of the data; the choice is the live page's. */
function offerSoundOnly() {
  const store = shelf();
  const button = need("[data-listen]", HTMLButtonElement);
  let on = store.getItem("listen") === "1";
  const show = () => {
    button.setAttribute("aria-pressed", String(on));
    void line.turnTo(on ? page.replay.replace(/[^/]*$/, "a0/replay.m3u8") : page.replay);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    on = !on;
    store.setItem("listen", on ? "1" : "");
    show();
  });
  if (on) show();
}

function drawData() {
  const words = line.bytes ? interpolate(gettext("已用 %s"), [amount(line.bytes)]) : "";
  need("[data-line-data]", HTMLElement).textContent = words;
}

async function start() {
  offerSoundOnly();
  setInterval(drawData, 3000);
  line.on("missing", sayMissing);
  line.on("ready", () => (need("[data-trouble]", HTMLElement).hidden = true));
  need("[data-play-first]", HTMLElement).hidden = false;
  need("[data-play]", HTMLButtonElement).addEventListener("click", () => jump(0));
  // The browser's own button may have been pressed before this module came.
  if (video.paused) video.addEventListener("play", open, { once: true });
  else open();
  void lookForList();
  captionsOnPicture(video, line, document.querySelector("[data-caption-size]"), shelf());
  await words();
  followHash();
  video.addEventListener("timeupdate", () => {
    mark(lines, follow.checked);
    mark(chapters, false);
  });
}

start();
