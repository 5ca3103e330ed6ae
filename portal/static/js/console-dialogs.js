// The console's questions back: why hide, really end, which keys there are.

import { need } from "./dom.js";
import { KEYS } from "./keys.js";

/**
 * @param {string} selector
 * @returns {Promise<string>} the value of the button that closed it, "" for Escape
 */
function answerOf(selector) {
  const dialog = need(selector, HTMLDialogElement);
  return new Promise((resolve) => {
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
    dialog.showModal();
  });
}

/** @returns {Promise<string|null>} the reason, null when it was not meant */
export async function askReason() {
  const text = need("[data-reason-text]", HTMLInputElement);
  text.value = "";
  if ((await answerOf("[data-hide-dialog]")) !== "yes") return null;
  const chosen = need("[data-hide-form]", HTMLFormElement).querySelector("input[name=reason]:checked");
  const reason = chosen instanceof HTMLInputElement ? chosen.value : "";
  return [reason, text.value.trim()].filter(Boolean).join(gettext("："));
}

/** @returns {Promise<boolean>} */
export async function askEnd() {
  return (await answerOf("[data-end-dialog]")) === "yes";
}

/** @param {string} action */
function keyWords(action) {
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

export function fillKeyList() {
  need("[data-keys-list]", HTMLElement).replaceChildren(
    ...KEYS.flatMap(({ key, action }) => {
      const [term, text, cap] = ["dt", "dd", "kbd"].map((tag) => document.createElement(tag));
      cap.textContent = key.toUpperCase();
      term.append(cap);
      text.textContent = keyWords(action);
      return [term, text];
    }),
  );
}

export async function showHelp() {
  await answerOf("[data-help-dialog]");
}
