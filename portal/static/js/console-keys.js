// The list of shortcuts: every one can be given another key, or none; and the hints on the buttons that follow.

import { need } from "./dom.js";
import { Keymap } from "./keymap.js";
import { fill } from "./staff-words.js";

/** @typedef {import("./keys.js").KeyAction} KeyAction */

/** @param {string} action */
export function keyWords(action) {
  /** @type {Record<string, string>} */
  const words = {
    down: gettext("下一个问题"),
    up: gettext("上一个问题"),
    show: gettext("公开上墙（不移动）"),
    shortlist: gettext("移到备选；再按一次放回"),
    begin: gettext("开始回答"),
    end: gettext("回答完毕"),
    write: gettext("写书面答复"),
    done: gettext("完成"),
    hide: gettext("不公开；已不公开时恢复"),
    call_up: gettext("呼叫上台"),
    put_on: gettext("接进直播"),
    take_off: gettext("请下"),
    mark: gettext("标记；再按一次取消"),
    gather: gettext("把标记的都并入这一个"),
    promise: gettext("记承诺"),
    cut: gettext("切断播出；再按一次恢复"),
    layout: gettext("换画面布局"),
    take_down: gettext("代群众录入"),
    order: gettext("流程表"),
    desk: gettext("秩序与播出"),
    undo: gettext("撤销（10 秒内）"),
    lane1: gettext("到“新问题”"),
    lane2: gettext("到“备选”"),
    lane3: gettext("到“台上”"),
    lane4: gettext("到“已完成”"),
    search: gettext("查找"),
    help: gettext("快捷键说明"),
  };
  return words[action] ?? action;
}

export class KeyList {
  /** @param {Pick<Storage, "getItem"|"setItem">} storage */
  constructor(storage) {
    this.map = new Keymap(storage);
    this.dialog = need("[data-help-dialog]", HTMLDialogElement);
    this.list = need("[data-keys-list]", HTMLElement);
    this.note = need("[data-keys-note]", HTMLElement);
    /** The action that waits for its new key. @type {KeyAction|null} */
    this.waiting = null;
    this.list.addEventListener("click", (event) => this.#clicked(event));
    this.dialog.addEventListener("keydown", (event) => this.#pressed(event));
    this.dialog.addEventListener("close", () => (this.waiting = null));
    need("[data-keys-reset]", HTMLElement).addEventListener("click", () => {
      this.map.reset();
      this.#say(gettext("快捷键已恢复原样。"));
      this.#draw();
    });
    this.#draw();
  }

  show() {
    this.#say("");
    this.#draw();
    if (!this.dialog.open) this.dialog.showModal();
  }

  /** @param {string} words */
  #say(words) {
    this.note.textContent = words;
  }

  #draw() {
    this.list.replaceChildren(...this.map.bindings.map(({ key, action }) => keyRow(key, action, this.waiting === action)));
    for (const hint of document.querySelectorAll("kbd[data-key]")) {
      const key = this.map.keyOf(hint.getAttribute("data-key") ?? "");
      hint.textContent = key.toUpperCase();
      /** @type {HTMLElement} */ (hint).hidden = !key;
    }
  }

  /** @param {Event} event */
  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const action = /** @type {KeyAction|undefined} */ (button?.dataset.rebind ?? button?.dataset.unbind);
    if (!button || !action) return;
    if (button.dataset.unbind) {
      this.map.bind(action, "");
      this.#say(fill(gettext("“%(action)s”没有快捷键了。"), { action: keyWords(action) }));
    } else {
      this.waiting = action;
      this.#say(fill(gettext("请按“%(action)s”的新键；Esc 取消。"), { action: keyWords(action) }));
    }
    this.#draw();
    this.#focus(action);
  }

  /** The list was drawn anew: the keyboard stays where it was. @param {KeyAction} action */
  #focus(action) {
    const button = this.list.querySelector(`[data-rebind="${action}"]`);
    if (button instanceof HTMLElement) button.focus();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (!this.waiting || event.isComposing || ["Tab", "Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const action = this.waiting;
    this.waiting = null;
    if (event.key === "Escape") this.#say("");
    else this.#bind(action, event.key);
    this.#draw();
    this.#focus(action);
  }

  /** @param {KeyAction} action @param {string} pressed */
  #bind(action, pressed) {
    const bound = this.map.bind(action, pressed);
    if (!bound) return this.#say(gettext("这个键不能用，请选一个字母、数字或符号。"));
    const words = { action: keyWords(action), key: bound.key.toUpperCase(), other: bound.robbed ? keyWords(bound.robbed) : "" };
    this.#say(
      bound.robbed
        ? fill(gettext("“%(action)s”改为 %(key)s；“%(other)s”没有快捷键了。"), words)
        : fill(gettext("“%(action)s”改为 %(key)s。"), words),
    );
  }
}

/** @param {string} key @param {KeyAction} action @param {boolean} waiting */
function keyRow(key, action, waiting) {
  const row = document.createElement("li");
  const [name, change, drop] = [document.createElement("span"), document.createElement("button"), document.createElement("button")];
  name.textContent = keyWords(action);
  change.type = drop.type = "button";
  change.className = "button button-small";
  drop.className = "button button-small button-quiet";
  change.dataset.rebind = action;
  drop.dataset.unbind = action;
  change.textContent = waiting ? gettext("请按新键…") : key ? key.toUpperCase() : gettext("无");
  change.setAttribute("aria-label", fill(gettext("%(action)s：%(key)s，改键"), { action: keyWords(action), key: key.toUpperCase() || gettext("无") }));
  drop.textContent = gettext("不用");
  drop.setAttribute("aria-label", fill(gettext("%(action)s：不用快捷键"), { action: keyWords(action) }));
  drop.disabled = !key;
  row.append(name, change, drop);
  return row;
}
