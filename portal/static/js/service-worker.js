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
const CALENDAR_LASTS = 86_400_000;
/** Pages worth a copy. */
const KEPT = [/^\/$/, /^\/calendar\/$/, /^\/cases\/$/, /^\/cases\/[\w-]+\/$/];
const MOST_PAGES = 24;

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(install()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET") {
    // Another citizen may hold this telephone next: copies of own pages go with the log-in.
    if (url.pathname.startsWith("/people/")) event.waitUntil(caches.delete(PAGES));
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

async function install() {
  const files = await caches.open(FILES);
  await files.addAll(SHELL);
  await keepCalendar();
  await worker.skipWaiting();
}

/** The calendar is there without signal whether or not anybody looked at it, and at most a day older than the last visit. */
async function keepCalendar() {
  const files = await caches.open(FILES);
  const kept = await files.match(CALENDAR);
  if (Date.now() - Number(kept?.headers.get("X-Kept-At") ?? 0) < CALENDAR_LASTS) return;
  const answer = await fetch(CALENDAR, { credentials: "omit" }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", String(Date.now()));
  await files.put(CALENDAR, new Response(await answer.blob(), { headers }));
}

async function activate() {
  for (const name of await caches.keys()) if (name !== FILES && name !== PAGES) await caches.delete(name);
  await worker.registration.navigationPreload?.enable();
}

/** @param {any} event @param {URL} url @returns {Promise<Response>} */
async function page(event, url) {
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    if (answer.ok && !answer.redirected && !url.search && KEPT.some((path) => path.test(url.pathname))) {
      event.waitUntil(keep(event.request, answer.clone()));
    }
    event.waitUntil(keepCalendar());
    return answer;
  } catch {
    const pages = await caches.open(PAGES);
    return (await pages.match(url.pathname)) ?? (await caches.match(url.pathname)) ?? (await caches.match(OFFLINE)) ?? Response.error();
  }
}

/** @param {Request} request @param {Response} answer */
async function keep(request, answer) {
  const pages = await caches.open(PAGES);
  await pages.put(new URL(request.url).pathname, answer);
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
