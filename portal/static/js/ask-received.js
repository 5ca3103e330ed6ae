/** The numbers of a question that arrived, and what comes next: in the dialog and on the page of the plain form. */

import { need } from "./dom.js";

/** @param {ParentNode} root with live/_ask_received.html @param {import("./outbox-rules.js").Kind} kind @param {import("./outbox.js").Answer} answer */
export function showReceived(root, kind, { number, query_code: code, next }) {
  const day = next?.settle_by ?? "";
  const due = need("[data-ask-due]", HTMLElement, root);
  due.hidden = !day;
  due.textContent = "";
  if (day) import("./day-words.js").then(({ dayWords }) => (due.textContent = interpolate(gettext("最迟 %s 答复。"), [dayWords(day)])));
  need("[data-ask-received]", HTMLElement, root).textContent =
    kind === "hand" ? gettext("举手已经收到，您排在队里了。") : gettext("收到了！请记下编号。");
  need("[data-ask-number]", HTMLElement, root).textContent = number;
  need("[data-ask-query]", HTMLElement, root).textContent = code;
  need("[data-ask-query]", HTMLElement, root).hidden = !code;
  need("[data-ask-code-label]", HTMLElement, root).hidden = !code;
  need("[data-ask-copy]", HTMLElement, root).dataset.copy = interpolate(gettext("编号 %s 查询码 %s"), [number, code]);
  for (const part of root.querySelectorAll("[data-ask-numbers]")) /** @type {HTMLElement} */ (part).hidden = !number;
  need("[data-ask-next]", HTMLElement, root).hidden = kind === "hand";
  need("[data-hand-next]", HTMLElement, root).hidden = kind !== "hand";
}
