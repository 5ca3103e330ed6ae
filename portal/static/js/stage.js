/** The stage page of a citizen: wait, check off air, ready, on air, over. Comes back to the same place after a reload. */

import { closeCamera, openCamera } from "./camera.js";
import { connectionWords } from "./connection-words.js";
import { need, pageData } from "./dom.js";
import { LevelMeter } from "./level.js";
import { MuteSwitch } from "./mute.js";
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

const mute = new MuteSwitch(need("[data-mute]", HTMLButtonElement));

/** @type {MediaStream | null} */
let stream = null;
/** @type {Publisher | null} */
let publisher = null;
/** @type {LevelMeter | null} */
let meter = null;
/** @type {{guest: any, queue: any[], hands: any[]}} */
let stage = { guest: null, queue: [], hands: [] };
let over = false;
let wasOn = false;
let opening = false;
/** Said since the camera was opened: who was ready before the line stood must not be taken back to the check. */
let said = "";

function draw() {
  const now = over ? { part: /** @type {const} */ ("over"), place: 0, ready: false } : standing(stage, question, stream !== null);
  for (const part of document.querySelectorAll("[data-part]")) {
    /** @type {HTMLElement} */ (part).hidden = part.getAttribute("data-part") !== now.part;
  }
  write("[data-place]", placeWords(now));
  need("[data-ready]", HTMLElement).hidden = now.ready;
  need("[data-ready-note]", HTMLElement).hidden = !now.ready;
  if (wasOn && now.part === "wait") finish();
  wasOn = wasOn || now.part === "on";
  // After a reload the permission is still there: back to the seat without a tap.
  const mine = stage.guest?.question === question ? stage.guest.state : "";
  if (!stream && !over && ["checking", "ready", "on"].includes(mine)) open();
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

async function open() {
  if (opening || stream) return;
  opening = true;
  said = "";
  try {
    stream = await openCamera();
    mute.follow(stream);
    trouble("");
    for (const selector of ["[data-self]", "[data-self-mini]"]) need(selector, HTMLVideoElement).srcObject = stream;
    startMeter(stream);
    draw();
    watcher.start();
    watcher.unmute();
    await publish(stream);
  } catch (error) {
    trouble(error instanceof Error ? error.message : String(error));
  } finally {
    opening = false;
    draw();
  }
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

/** @param {MediaStream} media */
function startMeter(media) {
  meter = new LevelMeter(media);
  meter.drive(need("[data-level]", HTMLMeterElement));
  meter.drive(need("[data-level-on]", HTMLMeterElement));
  tick("[data-check-picture]", gettext("画面：看得到"));
  const timer = setInterval(() => {
    if (!meter || meter.level() < SPOKEN) return;
    clearInterval(timer);
    tick("[data-check-sound]", gettext("声音：听得到"));
  }, 100);
}

/** @param {string} selector @param {string} text */
function tick(selector, text) {
  const place = need(selector, HTMLElement);
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
  finish();
}

function finish() {
  if (over) return;
  over = true;
  publisher?.stop();
  watcher.stop();
  meter?.close();
  closeCamera(stream);
  stream = null;
  draw();
  need("[data-stage-title]", HTMLElement).focus();
}

/** @param {any} message */
function take(message) {
  if (message) stage = { guest: message.guest ?? null, queue: message.queue ?? [], hands: message.hands ?? [] };
  draw();
}

function listen() {
  signal.on("welcome", (message) => take(message.stage));
  signal.on("changes", (message) => take(message.stage));
  signal.on("stage", take);
  signal.on("prompt", () => need("[data-stage-title]", HTMLElement).focus());
  signal.on("session", (message) => message.state === "ended" && finish());
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
    mute.mute(false);
    void open();
  });
  need("[data-ready]", HTMLElement).addEventListener("click", () => report("ready"));
  for (const button of document.querySelectorAll("[data-hang]")) button.addEventListener("click", hangUp);
}

listen();
signal.connect();
drawLine();
// A screen that goes dark would take the camera with it.
navigator.wakeLock?.request("screen").catch(() => undefined);
