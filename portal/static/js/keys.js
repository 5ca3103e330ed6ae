// Single-letter shortcuts. They can be switched off and given other keys (WCAG 2.1.4), and letters that are being typed
// are never taken.

/** @typedef {"down"|"up"|"shortlist"|"begin"|"end"|"write"|"done"|"hide"|"show"|"call_up"|"put_on"|"take_off"|"undo"|"help"|"lane1"|"lane2"|"lane3"|"lane4"|"search"|"mark"|"gather"|"take_down"|"promise"|"cut"|"order"|"desk"|"layout"} KeyAction */
/** @typedef {{key: string, action: KeyAction, repeats?: boolean}} Binding key "" is none */

/** As the console comes. @type {readonly Binding[]} */
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
  { key: "m", action: "mark" },
  { key: "y", action: "gather" },
  { key: "u", action: "promise" },
  { key: "x", action: "cut" },
  { key: "l", action: "layout" },
  { key: "n", action: "take_down" },
  { key: "r", action: "order" },
  { key: "b", action: "desk" },
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

/** What a key is called in a list of bindings: small letters, and ASCII where a Chinese keyboard gives full width.
 * @param {string} key */
export function nameOfKey(key) {
  const code = key.length === 1 ? key.codePointAt(0) ?? 0 : 0;
  const narrow = code >= 0xff01 && code <= 0xff5e ? String.fromCodePoint(code - 0xfee0) : key === "、" ? "/" : key;
  return narrow.toLowerCase();
}

/**
 * @param {Press} press
 * @param {{on: boolean, typing: boolean}} state
 * @param {readonly Binding[]} [bindings]
 * @returns {KeyAction|null}
 */
export function actionOfPress(press, { on, typing }, bindings = KEYS) {
  if (!on || typing || press.isComposing) return null;
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  const key = nameOfKey(press.key);
  const found = key ? bindings.find((each) => each.key === key) : undefined;
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
