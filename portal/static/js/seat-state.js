/** Where a department stands: checking, waiting beside the stage, on it, or done. Pure. */

/** @typedef {"check" | "wait" | "on" | "over"} SeatPart */

/** @param {{state: string, left: boolean, camera: boolean, on: boolean}} facts state: of the session; left: by the own button
 * @returns {SeatPart} */
export function seatPart({ state, left, camera, on }) {
  if (left || state === "ended" || state === "cancelled") return "over";
  if (on) return "on";
  return camera ? "wait" : "check";
}

/** @param {SeatPart} part */
export function seatPlaceWords(part) {
  return {
    check: gettext("请先打开摄像头和麦克风"),
    wait: gettext("您在台下，别人看不到您。请等领导或主持人请您上台。"),
    on: gettext("● 您在台上，大家都能看到、听到您"),
    over: gettext("已离开座位"),
  }[part];
}
