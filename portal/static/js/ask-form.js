/** The plain form of asking, with the outbox under it: what is typed is kept, and on a line that breaks it waits and goes
 * by itself instead of getting lost in an error page. Without JavaScript the form works as it is. */

import { showReceived } from "./ask-received.js";
import { masked, problem } from "./ask-steps.js";
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
  // Words that the server gives back (after an error) are newer than ours, and keep their own id.
  const given = text.value ? outbox.items.find((known) => known.uuid === id.value && known.standing !== "received") : undefined;
  let item = (given && outbox.reopen(given.uuid)) ?? outbox.draft(session, "ask");
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
  form.addEventListener("submit", async (event) => {
    if (problem("text", text.value) || problem("village", village.value)) return;
    const finished = keep();
    id.value = finished.uuid;
    const phone = form.querySelector("[name=phone]");
    const writer = phone instanceof HTMLInputElement && phone.value.trim() ? masked(phone.value) : "";
    // Who it is becomes known on the next page; should the way there break, the box has it and asks whose it is.
    if (navigator.onLine && phone) return void outbox.submit(finished.uuid, writer);
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    event.submitter?.setAttribute("aria-busy", "true");
    const result = await outbox.submit(finished.uuid, writer);
    form.removeAttribute("aria-busy");
    event.submitter?.removeAttribute("aria-busy");
    if (result.outcome === "received") return arrived(result.answer);
    if (outbox.items.some((other) => other.uuid === finished.uuid && (other.standing === "stuck" || other.why === "login"))) {
      // The server says why on its own page, beside the field.
      outbox.reopen(finished.uuid);
      return form.submit();
    }
    // It is in the box and goes by itself; here is room for the next one.
    item = outbox.draft(session, "ask");
    id.value = item.uuid;
    text.value = item.text;
    import("./ask-files.js").then(({ showFiles }) => showFiles(form, id.value));
    document.querySelector("[data-outbox]")?.scrollIntoView({ block: "center" });
  });
}

/** The last of the two pages, without another way to the server. @param {import("./outbox.js").Answer} answer */
function arrived(answer) {
  const received = need("[data-ask-arrived]", HTMLElement);
  showReceived(received, "ask", answer);
  need("[data-ask-page]", HTMLElement).hidden = true;
  received.hidden = false;
  need("h1", HTMLElement, received).focus();
}

const form = document.querySelector("[data-ask-form]");
if (form instanceof HTMLFormElement) join(form, Number(form.dataset.session));
const done = document.querySelector("[data-ask-done]");
if (done instanceof HTMLElement) {
  const outbox = outboxOfPage();
  outbox.ready.then(() => outbox.arrived(done.dataset.askDone ?? "", done.dataset.number ?? ""));
}
