/** Times in words. Pure: the caller brings the time. */

/** How long until something, in the two largest useful units; "马上" when it is due.
 * @param {number} left milliseconds */
export function countdown(left) {
  const seconds = Math.floor(left / 1000);
  if (seconds <= 0) return gettext("马上开始");
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days) return interpolate(gettext("%s 天 %s 小时"), [days, hours]);
  if (hours) return interpolate(gettext("%s 小时 %s 分"), [hours, minutes]);
  return interpolate(gettext("%s 分 %s 秒"), [minutes, seconds % 60]);
}

/** Position in a recording: 83 000 → "1:23", 3 723 000 → "1:02:03".
 * @param {number} ms */
export function position(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Amount of data in words: "3.2 MB".
 * @param {number} bytes */
export function amount(bytes) {
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} KB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
