/** The plain form of asking, with the outbox under it: what is typed is kept, and without network it waits instead of
 * getting lost in an error page. Without JavaScript the form works as it is. */

import { need, post, toast } from "./dom.js";
import { outboxOfPage } from "./outbox.js";
import { Similar } from "./similar.js";

/** "Me too" instead of a second question.
 * @param {number} session @param {number} question */
async function support(session, question) {
  try {
    await post(`/live/${session}/questions/${question}/vote/`, {});
    toast(gettext("已支持这个问题。"));
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error));
  }
}

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
  import("./ask-files.js").then(({ showFiles }) => showFiles(form, id.value));
  const keep = () => {
    item = outbox.edit(item, { text: text.value, village: village.value });
    return item;
  };
  const similar = new Similar(need("[data-similar]", HTMLElement, form), {
    url: `/live/${session}/questions/similar/`,
    session,
    support: (other) => support(session, other),
  });
  form.addEventListener("input", (event) => {
    if (event.target !== text && event.target !== village) return;
    id.value = keep().uuid;
    if (event.target === text) similar.typed(text.value);
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
