/** The plain form of asking, with the outbox under it: what is typed is kept, and without network it waits instead of
 * getting lost in an error page. Without JavaScript the form works as it is. */

import { need } from "./dom.js";
import { outboxOfPage } from "./outbox.js";

/** @param {HTMLFormElement} form @param {number} session */
async function join(form, session) {
  const outbox = outboxOfPage();
  const text = need("[name=text]", HTMLTextAreaElement, form);
  const village = need("[name=village]", HTMLInputElement, form);
  const id = need("[name=uuid]", HTMLInputElement, form);
  await outbox.ready;
  let item = outbox.draft(session, "ask");
  // Words that the server gives back (after an error) are newer than ours, and keep their own id.
  if (!text.value) {
    text.value = item.text;
    village.value = item.village || village.value;
    id.value = item.uuid;
  }
  const keep = () => {
    item = outbox.edit(item, { text: text.value, village: village.value });
    return item;
  };
  form.addEventListener("input", (event) => {
    if (event.target !== text && event.target !== village) return;
    id.value = keep().uuid;
  });
  form.addEventListener("submit", (event) => {
    if (navigator.onLine || !text.value.trim()) return;
    event.preventDefault();
    outbox.submit(keep().uuid);
    text.value = "";
    document.querySelector("[data-outbox]")?.scrollIntoView({ block: "center" });
  });
}

const form = document.querySelector("[data-ask-form]");
if (form instanceof HTMLFormElement) join(form, Number(form.dataset.session));
const done = document.querySelector("[data-ask-done]");
if (done instanceof HTMLElement) {
  const outbox = outboxOfPage();
  outbox.ready.then(() => outbox.arrived(done.dataset.askDone ?? "", done.dataset.number ?? ""));
}
