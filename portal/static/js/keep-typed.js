/** Keeps what was typed into the form over a reload, a crash and a line that broke, until the server says that it has it:
 * the cookie that a form's data-kept names holds the UUID of the last one that arrived. */

import { cookie, need, shelf } from "./dom.js";

const NAMES = ["uuid", "text", "village"];

/** @param {HTMLFormElement} form */
function keep(form) {
  const name = form.dataset.kept ?? "";
  const store = shelf();
  // The telephone may be lent: another's words are not for who logs in next.
  const key = `${name}.${document.body.dataset.person ?? ""}`;
  const fields = NAMES.map((field) => /** @type {HTMLInputElement | HTMLTextAreaElement} */ (need(`[name=${field}]`, HTMLElement, form)));
  /** @type {string[]} */
  const kept = JSON.parse(store.getItem(key) || "[]");
  if (kept[0] === cookie(name)) store.setItem(key, "");
  // Words that the server gives back are newer than ours.
  else if (!need("[name=text]", HTMLTextAreaElement, form).value) kept.forEach((words, place) => (fields[place].value = words));
  form.addEventListener("input", () => store.setItem(key, JSON.stringify(fields.map((field) => field.value))));
}

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-kept]"))) keep(form);
