/** Where a citizen is on the way to the microphone, read from what the server says of the stage. Pure. */

/** @typedef {{question: number, state: string, on?: boolean}} Place */
/** @typedef {"wait" | "prompt" | "check" | "on" | "over"} Part */
/** @typedef {{part: Part, place: number, ready: boolean}} Standing place: 1 is next; 0 unknown */

/** @param {{guest: Place | null, queue: Place[], hands?: Place[]}} stage @param {number} question mine @param {boolean} camera whether ours is open
 * @returns {Standing} */
export function standing(stage, question, camera) {
  const chosen = [stage.guest, ...(stage.queue ?? [])];
  // Hands that nobody has chosen yet stand behind those who are.
  const line = [...chosen, ...(stage.hands ?? [])].filter((place) => place !== null);
  const index = line.findIndex((place) => place.question === question);
  const mine = line[index];
  // Somebody on the air is served already and does not wait in front of us.
  const served = stage.guest?.on && stage.guest.question !== question ? 1 : 0;
  const place = index < 0 ? 0 : index + 1 - served;
  if (!mine) return { part: "wait", place: 0, ready: false };
  if (mine.on || mine.state === "on") return { part: "on", place: 0, ready: true };
  if (mine.state === "done") return { part: "over", place: 0, ready: false };
  if (["prompted", "checking", "ready"].includes(mine.state)) {
    return { part: camera ? "check" : "prompt", place, ready: mine.state === "ready" };
  }
  return { part: "wait", place, ready: false };
}

/** The place in words.
 * @param {Standing} standing @returns {string} */
export function placeWords({ part, place, ready }) {
  if (part === "on") return gettext("您正在直播");
  if (part === "over") return gettext("连线结束");
  if (part === "wait") return place ? interpolate(gettext("您是第 %s 位"), [place]) : gettext("已举手，等主持人安排");
  if (!ready) return gettext("请准备：别人还看不到您");
  return place <= 1 ? gettext("下一个就是您") : interpolate(gettext("您是第 %s 位"), [place]);
}
