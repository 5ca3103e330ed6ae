// Sentences with numbers in them, for the studio and the console. Pure: the time is handed in.

/**
 * Fill `%(name)s` places of a translated sentence.
 * @param {string} sentence
 * @param {Record<string, string|number>} values
 */
export function fill(sentence, values) {
  return sentence.replace(/%\((\w+)\)s/g, (place, name) => (name in values ? String(values[name]) : place));
}

/**
 * "1:02:09" from 3,729,000 ms.
 * @param {number} ms
 */
export function elapsed(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/**
 * How long ago, in the largest unit.
 * @param {string} iso
 * @param {number} now  milliseconds since 1970
 */
export function ago(iso, now) {
  const minutes = Math.floor((now - Date.parse(iso)) / 60_000);
  if (!Number.isFinite(minutes)) return "";
  if (minutes < 1) return gettext("刚刚");
  if (minutes < 60) return fill(gettext("%(count)s 分钟"), { count: minutes });
  if (minutes < 60 * 24) return fill(gettext("%(count)s 小时"), { count: Math.floor(minutes / 60) });
  return fill(gettext("%(count)s 天"), { count: Math.floor(minutes / 60 / 24) });
}

/** @param {number} count */
export function votesWord(count) {
  return fill(ngettext("%(count)s 票", "%(count)s 票", count), { count });
}

/** @param {string} state */
export function sessionWord(state) {
  /** @type {Record<string, string>} */
  const words = {
    planned: gettext("已预告"),
    live: gettext("直播中"),
    paused: gettext("暂停中"),
    ended: gettext("已结束"),
    cancelled: gettext("已取消"),
  };
  return words[state] ?? state;
}

/** @param {string} state */
export function stageWord(state) {
  /** @type {Record<string, string>} */
  const words = {
    new: gettext("新问题"),
    shortlisted: gettext("备选"),
    prompted: gettext("已呼叫"),
    checking: gettext("试音中"),
    ready: gettext("已就绪"),
    on: gettext("在台上"),
    done: gettext("已完成"),
  };
  return words[state] ?? state;
}

/** @param {string} channel telephone|letter|wechat */
export function channelWord(channel) {
  /** @type {Record<string, string>} */
  const words = { telephone: gettext("电话代录"), letter: gettext("来信代录"), wechat: gettext("微信代录") };
  return words[channel] ?? channel;
}

/** @param {string} kind full|side|pip */
export function layoutWord(kind) {
  /** @type {Record<string, string>} */
  const words = { full: gettext("单画面"), side: gettext("左右"), pip: gettext("画中画") };
  return words[kind] ?? kind;
}
