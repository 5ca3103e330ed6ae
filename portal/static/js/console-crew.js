// What the console asks and sets beside the socket: JSON of one broadcast's crew addresses.

import { post } from "./dom.js";

export class Crew {
  /** @param {number} session */
  constructor(session) {
    this.root = `/live/${session}/crew/`;
  }

  /** @param {string} [path] @returns {Promise<any>} */
  async get(path = "") {
    const response = await fetch(this.root + path, { headers: { Accept: "application/json" } });
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(body.error?.message ?? gettext("服务器没有接受，请稍后再试。"));
    return body;
  }

  /** @param {string} path @param {Record<string, string>} fields @returns {Promise<any>} */
  post(path, fields) {
    return post(this.root + path, fields);
  }
}

/** @param {unknown} error */
export function sentence(error) {
  // What `fetch` throws when nobody answers is the browser's, in its own language.
  if (error instanceof TypeError) return gettext("现在没有网络。您写的都保存着，请稍后再试。");
  return error instanceof Error ? error.message : String(error);
}
