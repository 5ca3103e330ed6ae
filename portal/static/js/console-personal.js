// Personal data in a question: marked where it stands, and looked at before the question is shown.

import { need } from "./dom.js";
import { sentence } from "./console-crew.js";

/** @typedef {import("./console-lanes.js").Row} Row */

/** @param {string} kind */
export function personalWord(kind) {
  /** @type {Record<string, string>} */
  const words = {
    id_number: gettext("身份证号"),
    bank_card: gettext("银行卡号"),
    mobile: gettext("手机号"),
    telephone: gettext("电话号码"),
    plate: gettext("车牌号"),
    address: gettext("详细地址"),
  };
  return words[kind] ?? kind;
}

/**
 * The text cut at the places found; places count characters, not UTF-16 units. Pure.
 * @param {string} text
 * @param {{kind: string, begin: number, end: number}[]} found in order
 * @returns {{text: string, kind: string}[]} kind "" for what is not personal
 */
export function pieces(text, found) {
  const signs = Array.from(text);
  const parts = [];
  let at = 0;
  for (const { kind, begin, end } of found) {
    if (begin > at) parts.push({ text: signs.slice(at, begin).join(""), kind: "" });
    parts.push({ text: signs.slice(begin, end).join(""), kind });
    at = end;
  }
  if (at < signs.length) parts.push({ text: signs.slice(at).join(""), kind: "" });
  return parts;
}

/** @param {HTMLElement} place @param {string} text @param {{kind: string, begin: number, end: number}[]} found */
export function drawMarked(place, text, found) {
  const key = `${text}\n${JSON.stringify(found)}`;
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  place.replaceChildren(
    ...pieces(text, found).map((part) => {
      if (!part.kind) return document.createTextNode(part.text);
      const mark = document.createElement("mark");
      mark.textContent = part.text;
      const word = document.createElement("small");
      word.textContent = personalWord(part.kind);
      mark.append(" ", word);
      return mark;
    }),
  );
}

/** Whether a look is due before everybody reads it. @param {Row} row */
export function needsLook(row) {
  return row.wall_state === "received" && Boolean(row.personal?.length);
}

/**
 * Ask for the words that the public reads.
 * @param {Row} row
 * @param {(text: string) => Promise<unknown>} save
 * @returns {Promise<boolean>} true: go on and show it
 */
export function lookFirst(row, save) {
  const dialog = need("[data-public-dialog]", HTMLDialogElement);
  const form = need("[data-public-form]", HTMLFormElement);
  const text = need("[data-public-text]", HTMLTextAreaElement);
  const error = need("[data-public-error]", HTMLElement);
  drawMarked(need("[data-public-original]", HTMLElement), row.text, row.personal ?? []);
  text.value = row.public_text ?? row.text;
  error.textContent = "";
  return new Promise((resolve) => {
    let agreed = false;
    form.onsubmit = (event) => {
      event.preventDefault();
      if (event.submitter?.getAttribute("value") !== "yes") return dialog.close();
      const wanted = text.value.trim();
      const saved = wanted === row.public_text ? Promise.resolve() : save(wanted);
      saved.then(
        () => {
          agreed = true;
          dialog.close();
        },
        // What was typed stays in its field.
        (refusal) => (error.textContent = sentence(refusal)),
      );
    };
    dialog.addEventListener("close", () => resolve(agreed), { once: true });
    dialog.showModal();
    text.focus();
  });
}
