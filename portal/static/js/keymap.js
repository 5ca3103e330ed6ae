// Which key does what on this machine. Pure: the storage is handed in.

import { KEYS, nameOfKey } from "./keys.js";

/** @typedef {import("./keys.js").KeyAction} KeyAction */
/** @typedef {import("./keys.js").Binding} Binding */

const STORED = "console.bindings";

export class Keymap {
  /** @param {Pick<Storage, "getItem"|"setItem">} storage */
  constructor(storage) {
    this.storage = storage;
    /** @type {Binding[]} */
    this.bindings = KEYS.map((each) => ({ ...each }));
    const kept = read(storage.getItem(STORED));
    for (const binding of this.bindings) {
      if (typeof kept[binding.action] === "string") binding.key = kept[binding.action];
    }
  }

  /** @param {string} action */
  keyOf(action) {
    return this.bindings.find((each) => each.action === action)?.key ?? "";
  }

  /**
   * Give an action another key. What had the key before is left without one, so that no key does two things.
   * @param {KeyAction} action
   * @param {string} pressed as the browser names it; "" for none
   * @returns {{key: string, robbed: KeyAction|null}|null} null when it cannot be a shortcut
   */
  bind(action, pressed) {
    const key = nameOfKey(pressed);
    if (key && (Array.from(key).length !== 1 || /\s/.test(key))) return null;
    const other = key ? this.bindings.find((each) => each.key === key && each.action !== action) : undefined;
    if (other) other.key = "";
    for (const binding of this.bindings) if (binding.action === action) binding.key = key;
    this.#keep();
    return { key, robbed: other?.action ?? null };
  }

  /** As the console came. */
  reset() {
    this.bindings = KEYS.map((each) => ({ ...each }));
    this.#keep();
  }

  #keep() {
    const changed = this.bindings.filter(({ action, key }) => KEYS.find((each) => each.action === action)?.key !== key);
    this.storage.setItem(STORED, JSON.stringify(Object.fromEntries(changed.map(({ action, key }) => [action, key]))));
  }
}

/** @param {string|null} text @returns {Record<string, string>} */
function read(text) {
  try {
    const found = JSON.parse(text ?? "{}");
    return typeof found === "object" && found ? found : {};
  } catch {
    return {};
  }
}
