/** Sends what was enclosed with questions, in pieces; a broken line costs one piece. Loaded by outbox-box.js and ask-files.js. */

import { cookie } from "./dom.js";
import { fileShelf, mark } from "./files-store.js";

/** @typedef {import("./files-store.js").Enclosed} Enclosed */
/** @typedef {{received: number, size: number, ready: boolean, in_case: boolean, words: string | null}} Standing */

const PIECE = 64 * 1024;
const ANSWER_WITHIN = 30_000;
const LASTS = 90 * 86_400_000;
/** Waiting does not mend these. */
const GIVEN_UP = ["not_a_picture", "not_a_sound", "too_long", "enough", "bad_input"];

/** One piece; without bytes it asks how far the file is. A refusal throws with its code.
 * @param {Enclosed} file @param {number} offset @param {Blob} bytes @returns {Promise<Standing>} */
async function send({ uuid, key, kind, blob }, offset, bytes) {
  const query = new URLSearchParams({ key, kind, size: String(blob.size), offset: String(offset) });
  const response = await fetch(`/files/${uuid}/?${query}`, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/octet-stream", "X-CSRFToken": cookie("csrftoken") },
    body: bytes,
    signal: AbortSignal.timeout?.(ANSWER_WITHIN),
  });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(body.error?.message ?? ""), { code: body.error?.code ?? "ours" });
  if (body.uuid !== uuid) throw new TypeError("the answer is not ours");
  return body;
}

/** All pieces of a file that are not there yet.
 * @param {Enclosed} file @param {(part: number) => void} [progress] 0…1 @returns {Promise<Standing>} */
export async function sendFile(file, progress = () => {}) {
  let standing = await send(file, 0, new Blob([]));
  while (!standing.ready) {
    progress(standing.received / file.blob.size);
    const { received } = standing;
    standing = await send(file, received, file.blob.slice(received, received + PIECE));
    // A server that stands still would be asked for ever.
    if (!standing.ready && standing.received <= received) throw new Error("the file does not grow");
  }
  progress(1);
  return standing;
}

/** What may go now: a recording at once, so that it can be written down; a photo when its question has arrived.
 * @param {Enclosed[]} files @param {import("./outbox-rules.js").Item[]} items @returns {Enclosed[]} */
export function mayGo(files, items) {
  const unsent = new Set(items.filter((item) => item.standing !== "received").map((item) => item.uuid));
  return files.filter((file) => !unsent.has(file.key) && !file.unfinished);
}

/** @param {number} left @param {number} part */
function show(left, part) {
  const line = document.querySelector("[data-files-line]");
  if (!(line instanceof HTMLElement)) return;
  line.hidden = left === 0;
  const words = gettext("照片和录音正在上传：还有 %s 个，这一个已传 %s。离开这个页面也不会丢，下次打开接着传。");
  line.textContent = left ? interpolate(words, [left, `${Math.round(part * 100)}%`]) : "";
}

/** Everything whose question has arrived. Answers whether something is still waiting for the network.
 * @param {import("./outbox-rules.js").Item[]} items @returns {Promise<boolean>} */
export async function sendFiles(items) {
  const shelf = await fileShelf();
  const files = await shelf.all();
  for (const file of files) if (Date.now() - file.at > LASTS) await shelf.remove(file.uuid);
  const going = mayGo(files, items);
  let waiting = false;
  for (const [place, file] of going.entries()) {
    try {
      const standing = await sendFile(file, (part) => show(going.length - place, part));
      if (standing.in_case) await shelf.remove(file.uuid);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      if (GIVEN_UP.includes(code)) await shelf.remove(file.uuid);
      // Somebody else is logged in: the files wait for their owner.
      else if (code !== "not_allowed") waiting = true;
    }
  }
  mark((await shelf.all()).length > 0);
  show(0, 0);
  return waiting;
}
