/** The page's line to the server: its address, a socket that was opened before the modules came, and how a request is refused. */

// Our close codes: a page that leaves gives its media up at once, one that comes again keeps them.
export const LEAVING = 1000;
export const COMING_AGAIN = 4000;

/** A refusal. `code` is a word of the protocol, or ours: "offline" (never sent), "lost" (sent, answer unknown), "late". */
export class SignalError extends Error {
  /** @param {string} code @param {string | (() => string)} words our own are looked up when they are shown: the line is
   * opened before the page's words have come */
  constructor(code, words) {
    super();
    this.code = code;
    this.words = words;
  }

  get message() {
    return typeof this.words === "string" ? this.words : this.words();
  }
}

/** The socket's address of a session, from the page's own.
 * @param {number | string} session @returns {string} */
export function signalUrl(session) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${location.host}/ws/live/${session}/`;
}

/** What head-start.js began of the picture, until somebody watches. @type {HeadStart | undefined} */
let begun;

/** The socket that the page opened before its modules came, once, if it still lives.
 * @param {string} url @returns {HeadStart | undefined} */
export function takeHeadStart(url) {
  const start = globalThis.headStart;
  globalThis.headStart = undefined;
  if (start?.url === url && start.socket.readyState <= WebSocket.OPEN) {
    begun = start;
    return start;
  }
  start?.socket.close();
  start?.connection?.close();
  return undefined;
}

/** The connection for the picture that head-start.js made on that socket, once.
 * @returns {Pick<HeadStart, "connection" | "answered"> | undefined} */
export function takeConnection() {
  const start = begun;
  begun = undefined;
  return start;
}
