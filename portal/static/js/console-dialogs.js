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

/** What was written as a reason and has not been taken yet, by dialog and question. @type {Map<string, {choice: string, more: string}>} */
const given = new Map();

/**
 * @param {string} selector of a dialog with reasons to choose from and a field for more
 * @param {number} question going back or a refusal loses nothing: what was written is there the next time
 * @returns {Promise<string|null>} the reason, null when it was not meant
 */
export async function askReason(selector, question) {
  const dialog = need(selector, HTMLDialogElement);
  const text = need("[data-reason-text]", HTMLInputElement, dialog);
  // Enter in a field presses the first button that sends the form: the way back must be none of those.
  need("[data-back]", HTMLButtonElement, dialog).onclick = () => dialog.close();
  const choices = [.../** @type {NodeListOf<HTMLInputElement>} */ (dialog.querySelectorAll("input[type=radio]"))];
  const before = given.get(`${selector} ${question}`);
  text.value = before?.more ?? "";
  for (const [place, choice] of choices.entries()) choice.checked = before ? choice.value === before.choice : place === 0;
  const meant = (await answerOf(selector)) === "yes";
  const [choice, more] = [choices.find((each) => each.checked)?.value ?? "", text.value.trim()];
  given.set(`${selector} ${question}`, { choice, more });
  if (!meant) return null;
  return [choice, more].filter(Boolean).join(gettext("："));
}

/** The server has it. @param {string} selector @param {number} question */
export function reasonTaken(selector, question) {
  given.delete(`${selector} ${question}`);
}

/** @returns {Promise<boolean>} */
export async function askEnd() {
  return (await answerOf("[data-end-dialog]")) === "yes";
}

/** @returns {Promise<boolean>} */
export async function askBegin() {
  return (await answerOf("[data-begin-dialog]")) === "yes";
}
