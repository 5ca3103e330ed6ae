/** The order of the questions we ask a citizen, and what is wrong with an answer. Pure. */

/** @typedef {"ask" | "hand" | "vote"} Purpose */
/** @typedef {"text" | "village" | "name" | "phone" | "code"} Step */

/** @param {Purpose} purpose @param {boolean} verified @returns {Step[]} */
export function stepsFor(purpose, verified) {
  /** @type {Record<Purpose, Step[]>} */
  const first = { ask: ["text", "village"], hand: ["village"], vote: [] };
  return [...first[purpose], ...(verified ? [] : /** @type {Step[]} */ (["name", "phone", "code"]))];
}

/** What is wrong with the value of a step, as a sentence; "" when nothing is.
 * @param {Step} step @param {string} value @param {number} limit of the text @returns {string} */
export function problem(step, value, limit = 2000) {
  const text = value.trim();
  if (step === "text") {
    if (text.length > limit) return interpolate(gettext("最多 %s 个字，请删去一些。"), [limit]);
    return text.length < 4 ? gettext("请写下您的问题，至少四个字。") : "";
  }
  if (step === "village") return text ? "" : gettext("请写村或社区的名字。");
  if (step === "name") return text ? "" : gettext("请写您的姓名。");
  if (step === "phone") return /^(\+?86)?1\d{10}$/.test(text.replace(/[\s-]/g, "")) ? "" : gettext("请写 11 位手机号码。");
  return /^\d{4,8}$/.test(text) ? "" : gettext("请写短信里的数字验证码。");
}

/** A number as it may be shown: 13800000001 → 138****0001.
 * @param {string} phone */
export function masked(phone) {
  const digits = phone.replace(/\D/g, "").slice(-11);
  return `${digits.slice(0, 3)}****${digits.slice(-4)}`;
}
