/** Keeps what was typed into the form over a reload, a crash and a line that broke, until the server says that it has it:
 * its page shows the words, or the cookie that the form's data-kept names holds the UUID of the last one that arrived. */

import { cookie, need, shelf } from "./dom.js";

const TYPED = "[name=uuid], textarea, input[type=text]";

/** @param {HTMLFormElement} form */
function keep(form) {
  const name = form.dataset.kept ?? "";
  const store = shelf();
  // The telephone may be lent: another's words are not for who logs in next.
  const key = `${name}.${document.body.dataset.person ?? ""}`;
  const fields = /** @type {(HTMLInputElement | HTMLTextAreaElement)[]} */ ([...form.querySelectorAll(TYPED)]);
  /** @type {string[]} */
  const kept = JSON.parse(store.getItem(key) || "[]");
  if (kept[0] && kept[0] === cookie(name)) store.setItem(key, "");
  // Words that the server gives back are newer than ours.
  else if (!need("textarea", HTMLTextAreaElement, form).value) kept.forEach((words, place) => (fields[place].value = words));
  form.addEventListener("input", () => store.setItem(key, JSON.stringify(fields.map((field) => field.value))));
}

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-kept]"))) keep(form);
