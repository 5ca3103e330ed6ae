// The console's questions back: why hide, really begin or end.

import { need } from "./dom.js";

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

/**
 * @param {string} [selector] of a dialog with reasons to choose from and a field for more
 * @returns {Promise<string|null>} the reason, null when it was not meant
 */
export async function askReason(selector = "[data-hide-dialog]") {
  const dialog = need(selector, HTMLDialogElement);
  const text = need("[data-reason-text]", HTMLInputElement, dialog);
  text.value = "";
  if ((await answerOf(selector)) !== "yes") return null;
  const chosen = dialog.querySelector("input[type=radio]:checked");
  const reason = chosen instanceof HTMLInputElement ? chosen.value : "";
  return [reason, text.value.trim()].filter(Boolean).join(gettext("："));
}

/** @returns {Promise<boolean>} */
export async function askEnd() {
  return (await answerOf("[data-end-dialog]")) === "yes";
}

/** @returns {Promise<boolean>} */
export async function askBegin() {
  return (await answerOf("[data-begin-dialog]")) === "yes";
}
