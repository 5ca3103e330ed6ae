/** A working day in the reader's language: 12月2日周三, Wed 2 December.
 * @param {string} day ISO date */
export function dayWords(day) {
  const noon = new Date(`${day}T12:00:00+08:00`);
  const lang = document.documentElement.lang || "zh-hans";
  return noon.toLocaleDateString(lang, { month: "long", day: "numeric", weekday: "short", timeZone: "Asia/Shanghai" });
}

/** The county's day at a moment, as a date field takes it; before eight in the morning Greenwich still has yesterday.
 * @param {number} ms since 1970 */
export function dayInShanghai(ms) {
  // Sweden writes dates as ISO does.
  return new Date(ms).toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" });
}
