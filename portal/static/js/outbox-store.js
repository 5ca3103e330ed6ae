/** Where the outbox keeps its items: IndexedDB, else localStorage, else as long as the page is open. */

/** @typedef {import("./outbox-rules.js").Item} Item */
/** @typedef {{all: () => Promise<Item[]>, put: (item: Item) => Promise<void>, remove: (uuid: string) => Promise<void>}} Shelf */

const DATABASE = "direct-train";
const ITEMS = "outbox";
// Some browsers never answer when a private window asks.
const OPEN_WITHIN = 3_000;

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @returns {Promise<IDBDatabase>} */
function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    setTimeout(() => reject(new Error("the database does not answer")), OPEN_WITHIN);
    request.onupgradeneeded = () => request.result.createObjectStore(ITEMS, { keyPath: "uuid" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("the database is blocked"));
  });
}

/** @param {IDBDatabase} database @returns {Shelf} */
function databaseShelf(database) {
  // "strict": on the disk before we say that it is kept; a battery may be pulled.
  const write = (/** @type {(store: IDBObjectStore) => void} */ work) =>
    new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
      const change = database.transaction(ITEMS, "readwrite", { durability: "strict" });
      change.oncomplete = () => resolve();
      change.onerror = change.onabort = () => reject(change.error);
      work(change.objectStore(ITEMS));
    });
  return {
    all: () => answered(database.transaction(ITEMS).objectStore(ITEMS).getAll()),
    put: (item) => write((store) => store.put(item)),
    remove: (uuid) => write((store) => store.delete(uuid)),
  };
}

/** One entry per item, so that two tabs do not overwrite each other's. A damaged entry is left out.
 * @param {Storage} storage @returns {Shelf} */
export function storageShelf(storage) {
  const read = () => {
    const items = [];
    for (let place = 0; place < storage.length; place += 1) {
      const key = storage.key(place) ?? "";
      if (!key.startsWith(`${ITEMS}.`)) continue;
      try {
        items.push(JSON.parse(storage.getItem(key) ?? ""));
      } catch {
        // Written by half when the battery died.
      }
    }
    return items;
  };
  return {
    all: async () => read(),
    put: async (item) => storage.setItem(`${ITEMS}.${item.uuid}`, JSON.stringify(item)),
    remove: async (uuid) => storage.removeItem(`${ITEMS}.${uuid}`),
  };
}

/** @returns {Shelf} */
export function pageShelf() {
  /** @type {Map<string, Item>} */
  const kept = new Map();
  return {
    all: async () => [...kept.values()],
    put: async (item) => void kept.set(item.uuid, item),
    remove: async (uuid) => void kept.delete(uuid),
  };
}

/** The best place this browser offers.
 * @returns {Promise<Shelf>} */
export async function openShelf() {
  try {
    return databaseShelf(await openDatabase());
  } catch {
    // No IndexedDB here, or it is refused.
  }
  try {
    localStorage.setItem("shelf", "1");
    return storageShelf(localStorage);
  } catch {
    return pageShelf();
  }
}
