/** A department's seat: check off air, wait beside the stage with the broadcast to see and hear, go on when asked. */

import { connectionWords } from "./connection-words.js";
import { need, pageData } from "./dom.js";
import { OwnCamera, startDeviceChoice } from "./own-camera.js";
import { arrange } from "./player-people.js";
import { Publisher } from "./publish.js";
import { seatPart, seatPlaceWords } from "./seat-state.js";
import { ShareDialog } from "./share-dialog.js";
import { Signal, signalUrl } from "./signal.js";
import { sessionWord } from "./staff-words.js";
import { Watcher } from "./watch.js";

const page = pageData("page");
const root = need("[data-cohost-page]", HTMLElement);
const self = need("[data-self]", HTMLVideoElement);
const signal = new Signal(signalUrl(page.session.id), "cohost");
// The co-host's slot carries our own sound back: it goes to an element that is never audible nor shown.
const slots = { main: need("[data-main]", HTMLVideoElement), guest: need("[data-guest]", HTMLVideoElement) };
const watcher = new Watcher(signal, slots, { own: "cohost" });

const camera = new OwnCamera();
/** @type {Publisher|null} */
let publisher = null;
/** @type {any} */
let stage = { main: {}, guest: null, cohosts: [], sharing: "" };
let state = page.session.state;
let left = false;

const share = new ShareDialog(signal, { camera: () => camera.stream, send });

/** @param {string} selector @param {string} text */
function write(selector, text) {
  const place = need(selector, HTMLElement);
  if (place.textContent !== text) place.textContent = text;
}

/** @param {string} text */
function trouble(text) {
  write("[data-trouble]", text);
  need("[data-trouble]", HTMLElement).hidden = !text;
}

function draw() {
  const mine = stage.cohosts.find((/** @type {any} */ seat) => seat.person === page.me.id);
  const part = seatPart({ state, left, camera: camera.stream !== null, on: Boolean(mine?.on) });
  root.dataset.part = part;
  write("[data-place]", special() || seatPlaceWords(part));
  write("[data-self-caption]", part === "on" ? gettext("大家都能看到您") : gettext("您自己，别人看不到"));
  const badge = need("[data-state]", HTMLElement);
  badge.textContent = sessionWord(state);
  badge.className = state === "live" ? "badge badge-live" : "badge";
  need("[data-over]", HTMLElement).hidden = part !== "over";
  for (const box of [".cohost-pictures", ".cohost-controls", "[data-devices-part]"]) need(box, HTMLElement).hidden = part === "over";
  need("[data-stage-wait]", HTMLElement).hidden = state === "live" && Boolean(stage.main.present);
  write("[data-stage-wait]", state === "paused" ? gettext("直播暂停，稍后继续") : gettext("直播还没有开始"));
  need("[data-guest]", HTMLElement).hidden = !stage.guest?.on;
  arrange(need("[data-stage-box]", HTMLElement), { guest: Boolean(stage.guest?.on && stage.guest.present), cohost: false, sharing: stage.sharing === "main" ? "main" : "" });
  if (part === "over") finish();
  else if (state === "live" || state === "paused") watcher.start();
}

/** What is wrong with the line, in words; empty when nothing is. */
function special() {
  if (publisher?.state === "reconnecting") return gettext("信号断了，正在重连，位置为您保留");
  if (publisher?.state === "replaced") return gettext("您在另一个窗口打开了座位，这里已停下");
  return signal.state === "open" ? "" : connectionWords(signal.state, watcher.state);
}

/** @param {MediaStream} stream of the camera, the first or another one */
function take(stream) {
  if (left) return camera.close();
  camera.hear(true);
  need("[data-self-wait]", HTMLElement).hidden = true;
  if (share.on) share.share.follow(stream);
  else send(stream);
  trouble("");
  draw();
}

/** @param {MediaStream} stream */
function send(stream) {
  self.srcObject = stream;
  root.toggleAttribute("data-sharing-own", share.on);
  if (left) return;
  if (publisher) return void publisher.replace(stream);
  publisher = new Publisher(signal, stream);
  publisher.on("refused", (error) => trouble(error.message));
  publisher.on("state", (now) => {
    if (now === "on" && share.on) share.tell();
    draw();
  });
  void publisher.start();
}

function finish() {
  if (left) return;
  left = true;
  share.share.stop();
  publisher?.stop();
  watcher.stop();
  camera.close();
}

/** @param {any} message */
function hear(message) {
  if (message.stage) stage = message.stage;
  if (message.session?.state) state = message.session.state;
  draw();
}

function listen() {
  camera.on("stream", take);
  camera.on("trouble", (words) => {
    trouble(words);
    draw();
  });
  startDeviceChoice(camera);
  signal.on("welcome", hear);
  signal.on("changes", hear);
  signal.on("stage", (message) => hear({ stage: message }));
  signal.on("session", (message) => hear({ session: message }));
  signal.on("refused", () => {
    stage = { ...stage, cohosts: [] };
    share.share.stop();
    publisher?.stop();
    camera.close();
    trouble(gettext("邀请已撤回，或登录已变化。请用邀请链接重新进入。"));
    draw();
  });
  signal.on("state", draw);
  watcher.on("silenced", () => (need("[data-sound]", HTMLElement).hidden = false));
  need("[data-sound]", HTMLElement).addEventListener("click", () => {
    watcher.unmute();
    need("[data-sound]", HTMLElement).hidden = true;
  });
  need("[data-leave]", HTMLElement).addEventListener("click", () => {
    finish();
    location.assign(page.urls.live);
  });
}

listen();
signal.connect();
watcher.unmute();
draw();
void camera.open();
const bar = need("[data-meter]", HTMLMeterElement);
setInterval(() => (bar.value = camera.level() * 100), 100);
// A screen that goes dark would take the camera with it.
navigator.wakeLock?.request("screen").catch(() => undefined);
