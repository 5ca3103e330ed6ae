/** The box on every page that shows what has not arrived yet, and keeps sending it. Loaded by page.js. */

import { Retry } from "./backoff.js";
import { shelf, toast } from "./dom.js";
import { outboxOfPage } from "./outbox.js";
import { mayGo, shown, tickWords } from "./outbox-rules.js";

/** @typedef {import("./outbox-rules.js").Item} Item */

const LONGEST_PAUSE = 120_000;
const DRAW_AFTER = 700;

/** Why it waits and what the reader can do.
 * @param {Item} item @param {number | null} person @returns {{words: string, href?: string, label?: string, claim?: boolean}} */
function advice(item, person) {
  const here = `/live/${item.session}/`;
  if (item.standing === "draft") {
    return { words: gettext("还没有写完，已存在这台手机里。"), href: "/calendar/next/", label: gettext("接着写") };
  }
  if (item.why === "over") {
    return { words: gettext("那场直播已经结束，您写的都还在。"), href: "/calendar/next/", label: gettext("改到下一场提问") };
  }
  if (item.standing === "stuck") return { words: item.message, href: `${here}#ask`, label: gettext("改一改再发") };
  if (person === null) {
    const href = `/people/login/?next=${encodeURIComponent(location.pathname)}`;
    return { words: gettext("已存在这台手机里，验证手机号后发送。"), href, label: gettext("验证手机号") };
  }
  if (item.person === null) {
    const words = item.writer
      ? interpolate(gettext("是登录以前写的，当时填的手机号是 %s。是您写的吗？"), [item.writer])
      : gettext("是登录以前写的。是您写的吗？");
    return { words, label: gettext("是我写的，发送"), claim: true };
  }
  if (!mayGo(item, person)) return { words: gettext("是用另一个手机号写的，那个号码登录后才会发送。") };
  if (item.message) return { words: item.message };
  return { words: gettext("已存在这台手机里，网络一恢复就自动发送，不会重复。") };
}

/** @param {Item} item @param {number | null} person @param {(id: string) => void} claim @returns {HTMLElement} */
function drawn(item, person, claim) {
  const { words, href, label, claim: asked } = advice(item, person);
  const row = document.createElement("li");
  row.className = "row";
  const body = document.createElement("span");
  body.className = "row-body stack-s";
  for (const [name, text] of [["clamp", item.text], ["badge", tickWords(item.standing)], ["muted", words]]) {
    const part = document.createElement("span");
    part.className = name;
    part.textContent = text;
    body.append(part, document.createElement("br"));
  }
  body.lastElementChild?.remove();
  row.append(body);
  if (href && label) {
    const link = document.createElement("a");
    Object.assign(link, { className: "button", href, textContent: label });
    row.append(link);
  }
  if (asked && label) {
    const button = document.createElement("button");
    Object.assign(button, { className: "button", type: "button", textContent: label });
    button.addEventListener("click", () => claim(item.uuid));
    row.append(button);
  }
  return row;
}

/** @param {HTMLElement} box */
export function startOutbox(box) {
  const outbox = outboxOfPage();
  const rows = box.querySelector("[data-outbox-rows]");
  const form = document.querySelector("[data-ask], [data-ask-page] form") !== null;
  const retry = new Retry({ first: 2_000, most: LONGEST_PAUSE });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let drawing;
  const draw = () => {
    drawing = undefined;
    const items = shown(outbox.items, Date.now(), form).filter((item) => item.kind === "ask");
    box.hidden = items.length === 0;
    rows?.replaceChildren(...items.map((item) => drawn(item, outbox.person, claim)));
  };
  const claim = (/** @type {string} */ id) => outbox.claim(id).then(go);
  // Most pages have none to send: then its modules are not fetched at all.
  const files = async () => shelf().getItem("files") === "1" && import("./files-sender.js").then(({ sendFiles }) => sendFiles(outbox.items)).catch(() => false);
  const go = async () => {
    if (await alone(async () => (await outbox.sendAll()) || (await files()))) later();
    else retry.succeeded();
  };
  const later = () => {
    retry.later(go);
    wakeWorker().catch(() => undefined);
  };
  // Not at once: what is sent within a second needs no box.
  outbox.on("change", () => (drawing ??= setTimeout(draw, DRAW_AFTER)));
  outbox.on("late", ({ item, answer }) => {
    if (item.kind === "ask") toast(interpolate(gettext("您的问题已经收到，编号 %s"), [answer.number]), 12);
  });
  // As long as a page is open, and in browsers without background sync: the network's return, a look at the page, and
  // patience.
  addEventListener("online", go);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && go());
  outbox.on("received", go);
  outbox.on("waiting", later);
  outbox.on("person", () => {
    draw();
    go();
  });
  outbox.ready.then(go);
}

/** Where the browser can, it has the service worker send when the network is back, though every page was closed. */
async function wakeWorker() {
  const registration = /** @type {any} */ (await navigator.serviceWorker?.getRegistration());
  await registration?.sync?.register("outbox");
}

/** One tab sends for all; where locks are missing the server tells the twins apart by their UUID.
 * @param {() => Promise<boolean>} work @returns {Promise<boolean>} whether to try again later */
async function alone(work) {
  if (!navigator.locks) return work();
  return navigator.locks.request("outbox", { ifAvailable: true }, async (lock) => (lock ? work() : true));
}
