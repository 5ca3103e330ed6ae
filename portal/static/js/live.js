/** The live page: joins picture, captions, wall, question on air and asking. Data: json_script "page". */

import { AskDialog } from "./ask.js";
import { CaptionBox } from "./captions.js";
import { connectionWords } from "./connection-words.js";
import { need, pageData, post, toast } from "./dom.js";
import { signal, store, watcher } from "./live-picture.js";
import { followCaptions, tellLine } from "./live-line.js";
import { Mine } from "./live-mine.js";
import * as states from "./live-state.js";
import { outboxOfPage } from "./outbox.js";
import { arrange } from "./player-people.js";
import { SignalError } from "./signal.js";
import { amount } from "./time.js";
import { Wall } from "./wall.js";

const page = pageData("page");
const root = need("[data-live]", HTMLElement);
const player = need("[data-player]", HTMLElement);
const captions = new CaptionBox(need("[data-captions]", HTMLElement));
const outbox = outboxOfPage();
const wall = new Wall(need("[data-wall]", HTMLElement), need("[data-wall-template]", HTMLTemplateElement), need("[data-wall-empty]", HTMLElement), {
  voteUrl,
  voted: (id) => mine.voted.has(id),
  news: need("[data-wall-new]", HTMLElement),
});
const mine = new Mine({ voted: page.voted, place: page.place, url: page.urls.mine, stage: page.urls.stage, changed: drawMine });
const dialog = new AskDialog(need("[data-ask-dialog]", HTMLDialogElement), {
  signal,
  store,
  outbox,
  session: page.session.id,
  similar: { typed: (text) => void likeQuestions().then((like) => like.typed(text)), stop: () => void like?.then((found) => found.stop()) },
  urls: page.urls,
  verified: Boolean(page.me?.verified),
  village: page.me?.village,
  limit: page.limits.text,
});
let state = states.begin(page.session, []);
/** The question with which this citizen was called to the microphone. @type {number | null} */
let called = null;
/** The line before the microphone, as the last message had it. @type {any} */
let lastStage = null;

/** @type {Promise<import("./similar.js").Similar> | undefined} */
let like;

function likeQuestions() {
  like ??= import("./similar.js").then(({ Similar }) => new Similar(need("[data-similar]", HTMLElement), { url: page.urls.similar, session: page.session.id, support }));
  return like;
}

/** @param {number} id */
function voteUrl(id) {
  return `${page.urls.questions}${id}/vote/`;
}

/** @param {states.LiveState} next */
function become(next) {
  const before = state;
  state = next;
  if (next.rows !== before.rows) wall.show(next.rows);
  drawOnAir();
  drawPlayer();
  if (next.state !== before.state) drawState();
}

function drawOnAir() {
  const row = state.onAir;
  const write = (/** @type {string} */ selector, /** @type {string} */ text) => {
    const place = need(selector, HTMLElement);
    if (place.textContent !== text) place.textContent = text;
  };
  write("[data-on-air-label]", row ? gettext("正在回答") : gettext("等待下一个问题"));
  write("[data-on-air-text]", row ? row.text || gettext("居民连线提问中") : "");
  write("[data-on-air-who]", row ? [row.village, row.name].filter(Boolean).join(" ") : "");
}

/** Slates cover the box; the box itself never changes its size. */
function drawPlayer() {
  const showing = ["good", "smaller", "weak", "sound", "delayed", "listening"].includes(watcher.state);
  const slate = state.state === "live" ? (showing && !watcher.soundOnly ? "" : "loading") : state.state;
  for (const part of document.querySelectorAll("[data-slate]")) {
    /** @type {HTMLElement} */ (part).hidden = part.getAttribute("data-slate") !== slate;
  }
  need("[data-slate-text]", HTMLElement).textContent = state.slate || gettext("直播暂停片刻，马上回来");
  const waiting = watcher.soundOnly ? gettext("只听声音，画面已关") : gettext("正在接通画面……");
  need("[data-slate-loading]", HTMLElement).textContent = state.leader ? waiting : gettext("现场信号暂时中断，正在恢复");
  const rtc = watcher.line === "rtc" && state.state === "live";
  arrange(player, { guest: rtc && Boolean(state.guest), cohost: rtc && state.cohost !== "", sharing: rtc ? state.sharing : "" });
  need("[data-sound]", HTMLElement).hidden = !(watcher.muted && showing && state.state === "live");
}

function drawState() {
  const words = {
    planned: ["badge", gettext("已预告")],
    live: ["badge badge-live", gettext("直播中")],
    paused: ["badge badge-soon", gettext("暂停中")],
    ended: ["badge", gettext("已结束")],
    cancelled: ["badge", gettext("已取消")],
  }[state.state];
  const badge = need("[data-badge]", HTMLElement);
  if (words) [badge.className, badge.textContent] = words;
  root.dataset.state = state.state;
  const over = state.state === "ended" || state.state === "cancelled";
  const actions = document.querySelector("[data-actions]");
  if (actions instanceof HTMLElement) actions.hidden = over;
  const running = state.state === "live" || state.state === "paused";
  document.querySelector("[data-rewind]")?.toggleAttribute("hidden", !running);
  // Before the broadcast nobody takes a viewer's place; paused, the place is kept.
  if (running) watcher.start();
  else watcher.stop();
}

function drawLine() {
  const line = need("[data-line]", HTMLElement);
  line.dataset.word = watcher.state;
  const words = need("[data-line-words]", HTMLElement);
  const text = connectionWords(signal.state, watcher.state);
  if (words.textContent !== text) words.textContent = text;
  drawPlayer();
}

function drawData() {
  const bytes = watcher.bytes;
  need("[data-line-data]", HTMLElement).textContent = bytes ? interpolate(gettext("已用 %s"), [amount(bytes)]) : "";
}

/** @param {{item: import("./outbox-rules.js").Item, answer: {number: string}}} received */
function showMine({ item, answer: { number } }) {
  if (item.session === page.session.id) mine.add(number, item.text, item.kind === "hand");
  drawPlace(lastStage);
}

function drawMine() {
  wall.mark();
  drawPlace(lastStage);
}

/** From the dialog: a vote in place of the same question once more. @param {number} id */
function support(id) {
  if (!dialog.verified) return dialog.open("vote", () => vote(id));
  need("[data-ask-dialog]", HTMLDialogElement).close();
  vote(id).then(() => toast(gettext("已记下：您也想问。")));
}

/** @param {number} id */
async function vote(id) {
  try {
    if (signal.state === "open") await signal.request("vote", { question: id });
    else await post(voteUrl(id), {});
    mine.voted.add(id);
  } catch (error) {
    // By socket the one, by HTTP the other.
    if (["conflict", "voted"].includes(/** @type {any} */ (error).code)) mine.voted.add(id);
    toast(error instanceof SignalError || error instanceof Error ? error.message : String(error));
  }
  wall.mark();
}

function listen() {
  signal.on("welcome", (message) => {
    become(states.whole(state, message));
    for (const cue of message.captions ?? []) if (!message.again) captions.put(cue);
    dialog.verified = dialog.verified || Boolean(message.you?.verified);
    if (dialog.verified) outbox.become(message.you.id);
    outbox.sendAll();
    called = message.you?.question ?? called;
    drawPrompt(message.stage);
  });
  outbox.on("received", showMine);
  // The telephone may have been lent: votes and place are those of who holds it now.
  outbox.on("person", () => mine.refresh());
  const raise = (/** @type {{uuid: string, village: string}} */ { uuid, village }) => signal.request("raise_hand", { uuid, village });
  outbox.hands = { session: page.session.id, raise };
  signal.on("changes", (message) => {
    become(states.whole(state, message));
    drawPrompt(message.stage);
  });
  signal.on("session", (message) => become(states.session(state, message)));
  signal.on("question", (message) => become(states.question(state, message)));
  signal.on("stage", (message) => {
    become(states.stage(state, message));
    drawPrompt(message);
  });
  followCaptions(signal, watcher, captions, page.session.delay_seconds ?? 0);
  tellLine(signal, watcher);
  signal.on("viewers", ({ webrtc, hls, sound }) => {
    const people = (webrtc ?? 0) + (hls ?? 0) + (sound ?? 0);
    need("[data-viewers]", HTMLElement).textContent = people ? interpolate(gettext("%s 人在看"), [people]) : "";
  });
  signal.on("prompt", ({ question }) => {
    called = question;
    drawPrompt({ guest: { question, state: "prompted" } });
  });
  signal.on("state", drawLine);
  watcher.on("state", drawLine);
  watcher.on("line", drawLine);
  setInterval(drawData, 3000);
}

/** How many are before this citizen: in the line that everybody is told of, or behind it as the server counted.
 * @param {any} stage */
function drawPlace(stage) {
  const listed = states.placeIn(stage, (other) => other.question === called || (other.person && other.person === outbox.person));
  const place = listed || (states.isWholeLine(stage) ? 0 : mine.place);
  const note = need("[data-place]", HTMLElement);
  note.hidden = !place;
  const words = place ? interpolate(gettext("您在连线队伍里排第 %s 位。离开页面，位置也保留着。"), [place]) : "";
  need("[data-place-words]", HTMLElement).textContent = words;
  // A written question in the line has no page there before it is called.
  need("[data-place-way]", HTMLElement).hidden = !document.querySelector(`[data-mine-rows] a[href="${page.urls.stage}"]`);
}

/** The call to the microphone stays as long as the server waits for this citizen.
 * @param {any} stage */
function drawPrompt(stage) {
  if (stage?.queue) {
    lastStage = stage;
    drawPlace(stage);
  }
  const places = [stage?.guest, ...(stage?.queue ?? [])];
  const mine = places.find((place) => place && place.question === called);
  const note = need("[data-prompt]", HTMLElement);
  const wanted = Boolean(mine) && ["prompted", "checking", "ready"].includes(mine.state);
  if (wanted && note.hidden) {
    // Who left "your hand is up" open would not see the call behind it.
    document.querySelector("[data-step=received]:not([hidden])")?.closest("dialog")?.close();
    note.hidden = false;
    note.scrollIntoView({ block: "center" });
  } else note.hidden = !wanted;
}

/** Sound alone takes a twentieth of the data; the choice is remembered. */
function offerSoundOnly() {
  const button = need("[data-listen]", HTMLButtonElement);
  const show = (/** @type {boolean} */ on) => {
    button.setAttribute("aria-pressed", String(on));
    watcher.listenOnly(on);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    const on = !watcher.soundOnly;
    store.setItem("listen", on ? "1" : "");
    show(on);
    if (on) watcher.unmute();
  });
  show(store.getItem("listen") === "1");
}

function listenToTaps() {
  offerSoundOnly();
  const captionSize = need("[data-caption-size]", HTMLButtonElement);
  const size = () => import("./caption-size.js").then(({ offerCaptionSize }) => offerCaptionSize(captionSize, store));
  captionSize.hidden = false;
  if (store.getItem("captions")) size();
  else captionSize.addEventListener("click", () => size().then(() => captionSize.click()), { once: true });
  need("[data-sound]", HTMLElement).addEventListener("click", () => {
    watcher.unmute();
    drawPlayer();
  });
  document.querySelector("[data-ask]")?.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.open("ask");
  });
  const hand = document.querySelector("[data-hand]");
  if (hand instanceof HTMLElement) {
    hand.hidden = false;
    hand.addEventListener("click", () => dialog.open("hand"));
  }
  need("[data-wall]", HTMLElement).addEventListener("submit", (event) => {
    const id = Number(event.target instanceof Element ? event.target.closest("li")?.dataset.id : 0);
    if (!id) return;
    event.preventDefault();
    if (dialog.verified) vote(id);
    else dialog.open("vote", () => vote(id));
  });
}

listen();
listenToTaps();
if (location.hash === "#ask" && document.querySelector("[data-ask]")) dialog.open("ask");
drawState();
drawLine();
drawPlace(lastStage);
signal.release();
