/** A working day in the reader's language: 12月2日周三, Wed 2 December.
 * @param {string} day ISO date */
export function dayWords(day) {
  const noon = new Date(`${day}T12:00:00+08:00`);
  const lang = document.documentElement.lang || "zh-hans";
  return noon.toLocaleDateString(lang, { month: "long", day: "numeric", weekday: "short", timeZone: "Asia/Shanghai" });
}
