/** The stage page of a citizen: wait, check off air, ready, on air, over. Comes back to the same place after a reload. */

import { connectionWords } from "./connection-words.js";
import { need, pageData } from "./dom.js";
import { isWholeLine, placeIn } from "./live-state.js";
import { OwnCamera, startDeviceChoice } from "./own-camera.js";
import { Publisher } from "./publish.js";
import { Signal, signalUrl } from "./signal.js";
import { placeWords, standing } from "./stage-state.js";
import { Watcher } from "./watch.js";

// Louder than a quiet room: somebody spoke.
const SPOKEN = 0.35;

const page = pageData("page");
const question = Number(page.question);
const signal = new Signal(signalUrl(page.session.id), "guest");
// The guest slot carries our own sound back: it goes to an element that is never audible nor shown.
const watcher = new Watcher(signal, { main: need("[data-leader]", HTMLVideoElement), guest: document.createElement("video") }, { own: "guest" });

const camera = new OwnCamera();
/** @type {Publisher | null} */
let publisher = null;
/** @type {{guest: any, queue: any[], hands: any[]}} */
let stage = { guest: null, queue: [], hands: [] };
let over = false;
let waited = false;
let wasOn = false;
/** The camera was asked for: who refused it is not asked again with every change on the stage. */
let asked = false;
/** Said since the camera was opened: who was ready before the line stood must not be taken back to the check. */
let said = "";
/** @type {NodeListOf<HTMLElement>} */
const lowering = document.querySelectorAll("[data-lower]");

function draw() {
  const now = over ? { part: /** @type {const} */ ("over"), place: 0, ready: false } : standing(stage, question, camera.stream !== null);
  for (const part of document.querySelectorAll("[data-part]")) {
    const goes = part.getAttribute("data-part") !== now.part;
    // A button that is hidden takes the keyboard's and the screen reader's place with it.
    if (goes && part.contains(document.activeElement)) need("[data-stage-title]", HTMLElement).focus();
    /** @type {HTMLElement} */ (part).hidden = goes;
  }
  write("[data-place]", placeWords(now));
  need("[data-ready]", HTMLElement).hidden = now.ready;
  need("[data-ready-note]", HTMLElement).hidden = !now.ready;
  if (wasOn && now.part === "wait") finish();
  wasOn = wasOn || now.part === "on";
  // After a reload the permission is still there: back to the seat without a tap.
  const mine = stage.guest?.question === question ? stage.guest.state : "";
  if (!asked && !over && ["checking", "ready", "on"].includes(mine)) open();
}

/** @param {string} selector @param {string} text */
function write(selector, text) {
  const place = need(selector, HTMLElement);
  if (place.textContent !== text) place.textContent = text;
}

/** @param {string} text */
function trouble(text) {
  const note = need("[data-trouble]", HTMLElement);
  note.textContent = text;
  note.hidden = !text;
}

function open() {
  asked = true;
  said = "";
  void camera.open();
}

/** @param {MediaStream} stream the first, or of another camera or microphone */
function take(stream) {
  if (over) return camera.close();
  camera.hear(true);
  trouble("");
  for (const selector of ["[data-self]", "[data-self-mini]"]) need(selector, HTMLVideoElement).srcObject = stream;
  if (publisher) return void publisher.replace(stream);
  measure();
  draw();
  watcher.start();
  watcher.unmute();
  void publish(stream);
}

/** @param {MediaStream} media */
async function publish(media) {
  publisher = new Publisher(signal, media);
  publisher.on("state", drawLine);
  publisher.on("refused", (error) => trouble(error.message));
  await publisher.start();
  const mine = stage.guest?.question === question ? stage.guest.state : "prompted";
  if (mine === "prompted" && said !== "ready") await report("checking");
}

function measure() {
  const bars = ["[data-level]", "[data-level-on]"].map((selector) => need(selector, HTMLMeterElement));
  tick("[data-check-picture]", gettext("画面：看得到"));
  setInterval(() => {
    const level = camera.level();
    for (const bar of bars) bar.value = level;
    if (level >= SPOKEN) tick("[data-check-sound]", gettext("声音：听得到"));
  }, 100);
}

/** @param {string} selector @param {string} text */
function tick(selector, text) {
  const place = need(selector, HTMLElement);
  if (place.dataset.ok) return;
  place.dataset.ok = "yes";
  place.textContent = `✓ ${text}`;
}

/** @param {"checking" | "ready"} state */
async function report(state) {
  said = state;
  try {
    await signal.request("stage_check", { state });
  } catch (error) {
    trouble(error instanceof Error ? error.message : String(error));
  }
}

function drawLine() {
  const sending = publisher?.state;
  if (sending === "on") tick("[data-check-line]", gettext("线路：已接通"));
  const words = {
    reconnecting: gettext("信号断了，正在重连，位置为您保留"),
    replaced: gettext("您在另一个窗口打开了连线，这里已停下"),
  };
  const special = sending === "reconnecting" || sending === "replaced" ? words[sending] : "";
  write("[data-line-words]", special || connectionWords(signal.state, watcher.state));
  write("[data-on-words]", special || gettext("大家都能看到您"));
  need("[data-line]", HTMLElement).dataset.word = special ? "reconnecting" : watcher.state;
}

function hangUp() {
  // Not waited for: who hangs up is gone at once. An unheard word costs nothing, an empty seat frees itself.
  signal.request("leave_stage").catch(() => undefined);
  if (wasOn) return finish();
  finish(gettext("已经离开。位置还给您留着，主持人可以再请您。"));
  for (const button of lowering) button.hidden = false;
}

/** Out of the line, and not called again. */
async function lowerHand() {
  try {
    await signal.request("lower_hand");
  } catch (error) {
    return trouble(error instanceof Error ? error.message : String(error));
  }
  trouble("");
  for (const button of lowering) button.hidden = true;
  const words = gettext("手已经放下。想连线时可以再举手。");
  write("[data-over-words]", words);
  finish(words);
}

/** @param {string} [words] instead of the thanks to who was on air */
function finish(words) {
  if (over) return;
  over = true;
  if (words) write("[data-over-words]", words);
  publisher?.stop();
  watcher.stop();
  camera.close();
  draw();
  need("[data-stage-title]", HTMLElement).focus();
}

/** @param {any} message */
function hear(message) {
  if (message) stage = { guest: message.guest ?? null, queue: message.queue ?? [], hands: message.hands ?? [] };
  const waits = placeIn(stage, (place) => place.question === question) > 0;
  // The moderator has taken it out of the line, or another tab has.
  if (waited && !waits && !wasOn && isWholeLine(stage) && stage.guest?.question !== question) {
    finish(gettext("这次排队已经结束。想连线时可以再举手，也可以写下问题。"));
  }
  waited = waits;
  draw();
}

function listen() {
  camera.on("stream", take);
  camera.on("trouble", (words) => {
    trouble(words);
    draw();
  });
  startDeviceChoice(camera);
  signal.on("welcome", (message) => hear(message.stage));
  signal.on("changes", (message) => hear(message.stage));
  signal.on("stage", hear);
  signal.on("prompt", () => need("[data-stage-title]", HTMLElement).focus());
  signal.on("session", (message) => message.state === "ended" && finish(wasOn ? "" : gettext("直播已经结束，没有来得及请您。您可以在留言板写下问题，照样办理。")));
  signal.on("refused", () => trouble(gettext("连接被拒绝。请回到直播页，重新举手。")));
  signal.on("state", drawLine);
  watcher.on("state", drawLine);
  watcher.on("silenced", () => {
    need("[data-sound]", HTMLElement).hidden = false;
  });
  need("[data-sound]", HTMLElement).addEventListener("click", () => {
    watcher.unmute();
    need("[data-sound]", HTMLElement).hidden = true;
  });
  need("[data-check]", HTMLElement).addEventListener("click", () => {
    // The check begins anew, and its sound with it; who comes back after a reload is as silent as before.
    camera.mute.mute(false);
    open();
  });
  need("[data-ready]", HTMLElement).addEventListener("click", () => report("ready"));
  for (const button of lowering) button.addEventListener("click", lowerHand);
  for (const button of document.querySelectorAll("[data-hang]")) button.addEventListener("click", hangUp);
}

listen();
signal.connect();
drawLine();
// A screen that goes dark would take the camera with it.
navigator.wakeLock?.request("screen").catch(() => undefined);
