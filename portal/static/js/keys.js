// Single-letter shortcuts. They can be switched off (WCAG 2.1.4), and letters that are being typed are never taken.

/** @typedef {"down"|"up"|"shortlist"|"begin"|"end"|"write"|"done"|"hide"|"show"|"call_up"|"put_on"|"take_off"|"undo"|"help"|"lane1"|"lane2"|"lane3"|"lane4"|"search"} KeyAction */

/** @type {readonly {key: string, action: KeyAction, repeats?: boolean}[]} */
export const KEYS = [
  { key: "j", action: "down", repeats: true },
  { key: "k", action: "up", repeats: true },
  { key: "s", action: "shortlist" },
  { key: "o", action: "begin" },
  { key: "e", action: "end" },
  { key: "w", action: "write" },
  { key: "d", action: "done" },
  { key: "h", action: "hide" },
  { key: "v", action: "show" },
  { key: "c", action: "call_up" },
  { key: "p", action: "put_on" },
  { key: "t", action: "take_off" },
  { key: "z", action: "undo" },
  { key: "1", action: "lane1" },
  { key: "2", action: "lane2" },
  { key: "3", action: "lane3" },
  { key: "4", action: "lane4" },
  { key: "/", action: "search" },
  { key: "?", action: "help" },
];

/**
 * The part of a KeyboardEvent that matters here.
 * @typedef {object} Press
 * @property {string} key
 * @property {boolean} [ctrlKey]
 * @property {boolean} [altKey]
 * @property {boolean} [metaKey]
 * @property {boolean} [repeat]
 * @property {boolean} [isComposing]   an input method is choosing characters
 */

/**
 * @param {Press} press
 * @param {{on: boolean, typing: boolean}} state
 * @returns {KeyAction|null}
 */
export function actionOfPress(press, { on, typing }) {
  if (!on || typing || press.isComposing) return null;
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  // A Chinese keyboard in full-width mode gives "？" and "、" for the same keys.
  const key = press.key === "？" ? "?" : press.key.toLowerCase();
  const found = KEYS.find((each) => each.key === key);
  if (!found || (press.repeat && !found.repeats)) return null;
  return found.action;
}

const TEXTLESS_INPUTS = new Set(["button", "checkbox", "radio", "range", "submit", "reset", "color", "file"]);

/**
 * Whether a letter pressed on this element belongs to the element.
 * @param {{tagName: string, type?: string, isContentEditable?: boolean}|null} target
 */
export function takesLetters(target) {
  if (!target) return false;
  if (target.isContentEditable) return true;
  const tag = target.tagName.toLowerCase();
  if (tag === "textarea" || tag === "select") return true;
  return tag === "input" && !TEXTLESS_INPUTS.has((target.type ?? "text").toLowerCase());
}

const STORED = "console.keys";

/** Remembers on this machine whether the shortcuts are on. */
export class KeySwitch {
  /** @param {Pick<Storage, "getItem"|"setItem">} storage */
  constructor(storage) {
    this.storage = storage;
    this.on = storage.getItem(STORED) !== "off";
  }

  toggle() {
    this.on = !this.on;
    this.storage.setItem(STORED, this.on ? "on" : "off");
    return this.on;
  }
}
