/** What waits in the outbox and what becomes of it. Pure: items go in, new items come out; time and ids are handed in. */

/** @typedef {"ask" | "hand"} Kind */
/** @typedef {"draft" | "written" | "sent" | "received" | "stuck"} Standing
 * draft: being typed; written: finished, not yet on its way; sent: on its way, the answer is not known; received: the
 * server has it; stuck: the server refused it for a reason that waiting does not mend */
/** @typedef {"" | "login" | "other_person" | "over" | "refused"} Why */
/** @typedef {{uuid: string, session: number, kind: Kind, text: string, village: string, person: number | null, standing: Standing, why: Why, message: string, number: string, at: number, writer?: string}} Item
 * person: who finished it, null while nobody was logged in; writer: the number given then, masked; at: ms since 1970 of the last change */

const DAY = 86_400_000;
const EMPTY_DRAFT_LASTS = DAY;
const DRAFT_LASTS = 90 * DAY;
const BEGUN_SHOWN = 14 * DAY;
const HAND_LASTS = 600_000;
/** Refusals that only mean "not now": everything else about the item is in order. */
const LATER = ["ours", "try_later", "rate_limited", "too_many"];
const OVER = ["session_over", "not_found"];

/** @param {string} uuid @param {number} session @param {Kind} kind @param {number} now @returns {Item} */
export function begun(uuid, session, kind, now) {
  return { uuid, session, kind, text: "", village: "", person: null, standing: "draft", why: "", message: "", number: "", at: now };
}

/** The words to go on with in this broadcast: its own draft, then what was refused here, then what came too late for
 * another broadcast, then what was begun for another one and never finished: that one may be over.
 * @param {Item[]} items @param {number} session @param {Kind} kind @returns {Item | undefined} */
export function draftIn(items, session, kind) {
  const newest = [...items].filter((item) => item.kind === kind).sort((a, b) => b.at - a.at);
  const here = newest.filter((item) => item.session === session);
  return (
    here.find((item) => item.standing === "draft" && item.text) ??
    here.find((item) => item.standing === "stuck" && item.why !== "over") ??
    newest.find((item) => item.standing === "stuck" && item.why === "over" && item.session !== session) ??
    newest.find(begunOnly) ??
    here.find((item) => item.standing === "draft")
  );
}

/** Words that nobody sent. @param {Item} item */
function begunOnly({ standing, text }) {
  return standing === "draft" && text.trim() !== "";
}

/** The draft goes on in `session`, whatever was wrong with it before.
 * @param {Item} item @param {number} session @param {number} now @returns {Item} */
export function reopened(item, session, now) {
  return { ...item, session, standing: "draft", why: "", message: "", at: now };
}

/** @param {Item} item @param {{text?: string, village?: string}} words @param {number} now @returns {Item} */
export function typed(item, words, now) {
  return { ...item, ...words, at: now };
}

/** @param {Item} item @param {number | null} person @param {number} now @param {string} [writer] @returns {Item} */
export function submitted(item, person, now, writer = "") {
  return { ...item, standing: "written", why: "", message: "", person, writer, at: now };
}

/** Written before anybody had logged in; `person` says that it is theirs.
 * @param {Item} item @param {number | null} person @returns {Item} */
export function claimed(item, person) {
  return item.person === null ? { ...item, person } : item;
}

/** @param {Item} item @returns {Item} */
export function onItsWay(item) {
  return { ...item, standing: "sent" };
}

/** @param {Item} item @param {string} number @param {number} now @returns {Item} */
export function received(item, number, now) {
  return { ...item, standing: "received", why: "", message: "", number, at: now };
}

/** What a refusal makes of an item: waiting goes on where waiting helps, else the words are given back with the reason.
 * @param {Item} item @param {string} code @param {string} message @returns {Item} */
export function refused(item, code, message) {
  if (LATER.includes(code)) return { ...item, standing: "written", message };
  if (code === "not_allowed") return { ...item, standing: "written", why: "login", message };
  if (code === "other_person") return { ...item, standing: "written", why: "other_person", message };
  return { ...item, standing: "stuck", why: OVER.includes(code) ? "over" : "refused", message };
}

/** Items still to be sent, the oldest first.
 * @param {Item[]} items @returns {Item[]} */
export function waiting(items) {
  return items.filter((item) => item.standing === "written" || item.standing === "sent").sort((a, b) => a.at - b.at);
}

/** Whether `person` may send it now. A telephone is lent: what one citizen wrote never goes out in another's name, and
 * what nobody had logged in for goes once somebody has said that it is theirs.
 * @param {Item} item @param {number | null} person */
export function mayGo(item, person) {
  return person !== null && item.person === person;
}

/** What a reader wants to see: everything unfinished that he wrote to the end, and what came back; where no form gives
 * them back, for a while also words that were only begun.
 * @param {Item[]} items @param {number} now @param {boolean} [form] whether this page has one @returns {Item[]} */
export function shown(items, now, form = false) {
  const begun = form ? [] : items.filter((item) => begunOnly(item) && now - item.at < BEGUN_SHOWN);
  return [...waiting(items), ...items.filter((item) => item.standing === "stuck"), ...begun];
}

/** Whether nobody needs it any more: arrived a day ago, or a draft without a word.
 * @param {Item} item @param {number} now */
export function forgettable(item, now) {
  const age = now - item.at;
  // A hand that nobody saw is not raised again an hour later behind its owner's back.
  if (item.kind === "hand") return age > HAND_LASTS;
  if (item.standing === "received") return age > DAY;
  if (item.standing !== "draft") return false;
  return age > (item.text ? DRAFT_LASTS : EMPTY_DRAFT_LASTS);
}

/** How far it has come, with a tick per step.
 * @param {Standing | "accepted"} standing @returns {string} */
export function tickWords(standing) {
  const words = {
    draft: gettext("草稿"),
    written: gettext("✓ 已写下"),
    sent: gettext("✓ 已发出"),
    received: gettext("✓✓ 已收到"),
    accepted: gettext("✓✓ 已受理"),
    stuck: gettext("没有发出"),
  };
  return words[standing];
}
