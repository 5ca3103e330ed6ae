/** Photos and recordings that wait on this telephone for their way to the server: IndexedDB, else as long as the page is open. */

/** @typedef {{uuid: string, key: string, kind: "photo" | "voice", blob: Blob, at: number, unfinished?: boolean}} Enclosed
 * key: the uuid of the question it belongs to; at: ms since 1970; unfinished: it is still being recorded, or was when the page died */
/** @typedef {{all: () => Promise<Enclosed[]>, put: (file: Enclosed) => Promise<void>, remove: (uuid: string) => Promise<void>}} FileShelf */

import { shelf } from "./dom.js";

const FILES = "files";
const OPEN_WITHIN = 3_000;
const marks = shelf();

/** A database of its own: an older page of the site that is still open must not block the outbox.
 * @returns {Promise<IDBDatabase>} */
function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("direct-train-files", 1);
    setTimeout(() => reject(new Error("the database does not answer")), OPEN_WITHIN);
    request.onupgradeneeded = () => request.result.createObjectStore(FILES, { keyPath: "uuid" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @param {IDBDatabase} database @returns {FileShelf} */
function databaseShelf(database) {
  /** @template T @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} work @returns {Promise<T>} */
  const run = (mode, work) =>
    new Promise((resolve, reject) => {
      const change = database.transaction(FILES, mode);
      const request = work(change.objectStore(FILES));
      change.oncomplete = () => resolve(request.result);
      change.onerror = change.onabort = () => reject(change.error);
    });
  return {
    all: () => run("readonly", (store) => store.getAll()),
    put: async (file) => void (await run("readwrite", (store) => store.put(file))),
    remove: async (uuid) => void (await run("readwrite", (store) => store.delete(uuid))),
  };
}

/** @returns {FileShelf} */
export function pageShelf() {
  /** @type {Map<string, Enclosed>} */
  const kept = new Map();
  return {
    all: async () => [...kept.values()],
    put: async (file) => void kept.set(file.uuid, file),
    remove: async (uuid) => void kept.delete(uuid),
  };
}

/** @type {Promise<FileShelf> | undefined} */
let only;

/** Whether other pages need to look here. @param {boolean} some */
export function mark(some) {
  marks.setItem("files", some ? "1" : "");
}

/** One for all modules of the page. @returns {Promise<FileShelf>} */
export function fileShelf() {
  only ??= openDatabase().then(databaseShelf, pageShelf);
  return only;
}
