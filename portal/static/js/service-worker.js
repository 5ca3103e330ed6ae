/**
 * What the site does without network. Pages always come from the network when there is one: nobody sees an old page in
 * its place. Without network: the last copy of home, calendar and own cases, else a polite page; the outbox goes on.
 *
 * The server (portal/lib/shell.py) writes three constants in front of this file: VERSION changes with any file of the
 * shell, SHELL lists it, HASHED says whether static names carry a hash and may be kept for ever.
 */

const worker = /** @type {any} */ (self);
const { VERSION, SHELL, HASHED } = /** @type {{VERSION: string, SHELL: string[], HASHED: boolean}} */ (worker.SHELL_OF_SITE);
const FILES = `files-${VERSION}`;
const PAGES = "pages";
const OFFLINE = "/offline/";
/** Kept as nobody's page: it outlives a log-out and says nothing of who wants to be reminded. */
const CALENDAR = "/calendar/";
const COPY_LASTS = 86_400_000;
/** Pages worth a copy. */
const KEPT = [/^\/$/, /^\/calendar\/$/, /^\/cases\/$/, /^\/cases\/[\w-]+\/$/];
/** Who has no log-in opens a case by its link with the query code; only that whole address opens the copy too. */
const BY_CODE = /^\/cases\/[\w-]+\/\?code=[\w%-]+$/;
const MOST_PAGES = 24;
const CASES = "/cases/";
/** Own cases that are kept though nobody opened them: the newest. */
const MOST_CASES = 5;
/** Grows whenever somebody logs in or out. */
let holders = 0;
/** Name of the lock, of the store and of the sync of what outbox.js keeps. */
const OUTBOX = "outbox";

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(install()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET") {
    // Another citizen may hold this telephone next: copies of own pages go with the log-in.
    if (url.pathname.startsWith("/people/")) {
      holders += 1;
      event.waitUntil(caches.delete(PAGES));
    }
    if (url.pathname.startsWith("/people/logout/")) event.waitUntil(listenNoMore());
    return;
  }
  if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (url.pathname.startsWith("/static/") && !request.headers.has("range")) event.respondWith(file(request));
  else if (url.pathname === "/words.js") event.respondWith(fresh(request, FILES));
});

worker.addEventListener("push", (/** @type {any} */ event) => event.waitUntil(notify(event.data)));
worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});
worker.addEventListener("sync", (/** @type {any} */ event) => {
  if (event.tag === OUTBOX) event.waitUntil(sendOutbox());
});

/** @param {{json: () => {title: string, body: string, url: string, tag: string}} | null} data */
async function notify(data) {
  const { title, body, url, tag } = data?.json() ?? { title: location.hostname, body: "", url: "/", tag: "" };
  // The address of our own house, whatever host the message named.
  const path = new URL(url, location.origin).pathname;
  await worker.registration.showNotification(title, { body, tag, data: path, icon: "/static/icons/icon-192.png" });
}

/** @param {string} path */
async function open(path) {
  const pages = await worker.clients.matchAll({ type: "window" });
  const there = pages.find((/** @type {any} */ page) => new URL(page.url).pathname === path);
  return there ? there.focus() : worker.clients.openWindow(path);
}

/** The next one who holds this telephone is not reminded of another's evenings. */
async function listenNoMore() {
  const subscription = await worker.registration.pushManager?.getSubscription();
  await subscription?.unsubscribe();
}

/** The network is back and perhaps no page is open. Only what a known citizen finished: where somebody else is logged in
 * by now, the server refuses it; a page asks and explains. */
async function sendOutbox() {
  // Taken: a page is sending.
  await navigator.locks.request(OUTBOX, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    const shelf = await outboxShelf();
    const items = await answered(shelf("readonly").getAll());
    for (const item of items.sort((a, b) => a.at - b.at)) if (item.kind === "ask" && underWay(item) && item.person) await sendItem(item, shelf);
  });
}

/** @param {{standing: string}} item */
function underWay({ standing }) {
  return standing === "written" || standing === "sent";
}

/** @param {any} item of outbox-rules.js @param {(mode: IDBTransactionMode) => IDBObjectStore} shelf */
async function sendItem({ uuid, session, text, village, person }, shelf) {
  const token = (await worker.cookieStore?.get("csrftoken"))?.value ?? "";
  const response = await fetch(`/live/${session}/questions/`, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": token },
    body: new URLSearchParams({ uuid, text, village, person: String(person) }),
  });
  // Thrown: the browser wakes us again later.
  if (response.status === 429 || response.status >= 500) throw new Error(`not now: ${response.status}`);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok || answer.uuid !== uuid) return;
  const store = shelf("readwrite");
  const kept = await answered(store.get(uuid));
  if (!kept || !underWay(kept)) return;
  await answered(store.put({ ...kept, standing: "received", why: "", message: "", number: answer.number, at: Date.now() }));
  new BroadcastChannel(OUTBOX).postMessage(uuid);
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** As outbox-store.js opens it; a worker of this kind cannot import it. */
async function outboxShelf() {
  const request = indexedDB.open("direct-train", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(OUTBOX, { keyPath: "uuid" });
  const database = await answered(request);
  return (/** @type {IDBTransactionMode} */ mode) => database.transaction(OUTBOX, mode).objectStore(OUTBOX);
}

async function install() {
  const files = await caches.open(FILES);
  await files.addAll(SHELL);
  await keepCalendar();
  await worker.skipWaiting();
}

/** The calendar is there without signal whether or not anybody looked at it, and at most a day older than the last visit. */
function keepCalendar() {
  return keepAhead(FILES, CALENDAR, "omit");
}

/** So are the list of the own cases and the newest of them, which home and list lead to. @param {Response} answer */
async function keepCases(answer) {
  const before = holders;
  const found = new Set([...(await answer.text()).matchAll(/href="(\/cases\/[\w-]+\/)"/g)].map(([, path]) => path));
  if (!found.size) return;
  for (const path of [CASES, ...[...found].slice(0, MOST_CASES)]) await keepAhead(PAGES, path, "same-origin", () => holders === before);
}

/** @param {string} cache @param {string} path @param {RequestCredentials} credentials
 * @param {() => boolean} [still] whether the copy is wanted when it has come */
async function keepAhead(cache, path, credentials, still = () => true) {
  const kept = await (await caches.open(cache)).match(path);
  if (!still() || Date.now() - Number(kept?.headers.get("X-Kept-At") ?? 0) < COPY_LASTS) return;
  const answer = await fetch(path, { credentials }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", String(Date.now()));
  const copy = new Response(await answer.blob(), { headers });
  if (still()) await (await caches.open(cache)).put(path, copy);
}

async function activate() {
  for (const name of await caches.keys()) if (name !== FILES && name !== PAGES) await caches.delete(name);
  await worker.registration.navigationPreload?.enable();
}

/** @param {any} event @param {URL} url @returns {Promise<Response>} */
async function page(event, url) {
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    const address = url.pathname + url.search;
    if (answer.ok && !answer.redirected && [...KEPT, BY_CODE].some((kept) => kept.test(address))) {
      event.waitUntil(keep(event.request, answer.clone()));
      if (url.pathname === "/" || url.pathname === CASES) event.waitUntil(keepCases(answer.clone()));
    }
    event.waitUntil(keepCalendar());
    return answer;
  } catch {
    const pages = await caches.open(PAGES);
    return (await pages.match(url.pathname + url.search)) ?? (await pages.match(url.pathname)) ?? (await caches.match(url.pathname)) ?? (await caches.match(OFFLINE)) ?? Response.error();
  }
}

/** @param {Request} request @param {Response} answer */
async function keep(request, answer) {
  const pages = await caches.open(PAGES);
  const { pathname, search } = new URL(request.url);
  await pages.put(pathname + search, answer);
  const all = await pages.keys();
  for (const old of all.slice(0, Math.max(0, all.length - MOST_PAGES))) await pages.delete(old);
}

/** @param {Request} request @returns {Promise<Response>} */
async function file(request) {
  if (!HASHED) return fresh(request, FILES);
  return (await caches.match(request)) ?? fresh(request, FILES);
}

/** From the network, the copy only without it.
 * @param {Request} request @param {string} cache @returns {Promise<Response>} */
async function fresh(request, cache) {
  try {
    const answer = await fetch(request);
    if (answer.status === 200) (await caches.open(cache)).put(request, answer.clone());
    return answer;
  } catch (error) {
    const copy = await caches.match(request);
    if (copy) return copy;
    throw error;
  }
}
