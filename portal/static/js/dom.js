/** Small things every page module needs of its page: elements, data, our own addresses, short notices. */

/** The first element that matches, or a clear error: a page and its module belong together.
 * @template {Element} T
 * @param {string} selector @param {new () => T} kind @param {ParentNode} [root] @returns {T} */
export function need(selector, kind, root = document) {
  const found = root.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page has no ${selector}`);
  return found;
}

/** Data written by Django's json_script.
 * @param {string} id @returns {any} */
export function pageData(id) {
  const text = document.getElementById(id)?.textContent;
  return text ? JSON.parse(text) : null;
}

/** A cookie's value, or "".
 * @param {string} name */
export function cookie(name) {
  const pair = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return pair ? decodeURIComponent(pair.slice(name.length + 1)) : "";
}

/** POST fields to one of our own addresses and read JSON; a refusal throws its sentence.
 * @param {string} url @param {Record<string, string>} fields @param {RequestInit} [options] of fetch
 * @returns {Promise<any>} */
export async function post(url, fields, options = {}) {
  const token = cookie("csrftoken") || document.querySelector("input[name=csrfmiddlewaretoken]")?.getAttribute("value") || "";
  const response = await fetch(url, {
    ...options,
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": token },
    body: new URLSearchParams(fields),
  });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    const { code = "ours", message = gettext("服务器没有接受，请稍后再试。") } = body.error ?? {};
    throw Object.assign(new Error(message), { code });
  }
  return body;
}

/** A short notice at the foot of the page, read out by screen readers, gone after some seconds.
 * @param {string} text @param {number} [seconds] */
export function toast(text, seconds = 6) {
  const place = document.querySelector("[data-toasts]");
  if (!place) return;
  const note = document.createElement("p");
  note.className = "toast";
  note.textContent = text;
  place.append(note);
  setTimeout(() => note.remove(), seconds * 1000);
}

/** What this browser keeps for us; where it refuses (private windows, blocked storage), as long as the page is open.
 * @param {() => Storage} [store] of this browser, or of this tab alone
 * @returns {Pick<Storage, "getItem" | "setItem">} */
export function shelf(store = () => localStorage) {
  try {
    store().setItem("shelf", "1");
    return store();
  } catch {
    /** @type {Map<string, string>} */
    const kept = new Map();
    return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
  }
}
