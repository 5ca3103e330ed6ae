/** The connection in words. Pure. */

/** @param {import("./signal.js").SignalState} socket @param {import("./watch.js").WatchState} media @returns {string} */
export function connectionWords(socket, media) {
  const words = {
    idle: "",
    connecting: gettext("正在接通画面"),
    waiting: gettext("已接通，等待画面"),
    good: gettext("信号良好"),
    smaller: gettext("信号较弱，画面已调小，保持流畅"),
    weak: gettext("信号较弱，画面可能停顿"),
    sound: gettext("画面已暂停，先保住声音"),
    listening: gettext("只听声音，省流量"),
    delayed: gettext("普通线路，画面晚几秒"),
    reconnecting: gettext("正在重新连接，您的位置保留着"),
  };
  const picture = words[media];
  if (socket === "refused") return gettext("连接被拒绝，请刷新页面");
  if (socket === "open") return picture || gettext("已连接");
  // The first connection of a page is not a reconnection.
  if (socket === "connecting" && (!picture || media === "connecting")) return picture || gettext("正在连接");
  const line = gettext("互动正在重新连接");
  return picture && media !== "reconnecting" ? `${picture} · ${line}` : line;
}
