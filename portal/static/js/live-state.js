/** What the live page knows, as a value: messages go in, a new state comes out. Pure. */

/** @typedef {{id: number, number: string, text: string, name: string, village: string, votes: number, kind: string, wall_state: string, stage_state: string, answer_begin_ms: number | null, answer_end_ms: number | null, revision: number}} Row */
/** @typedef {{state: string, slate: string, rows: Row[], onAir: Row | null, guest: {name: string, village: string} | null, cohost: string, sharing: string, leader: boolean}} LiveState
 * leader: whether the leader's picture reaches the server; cohost: the name of the co-host on air;
 * sharing: the slot whose picture holds a screen */

/** @param {any} session @param {Row[]} rows @param {Row | null} [onAir] @returns {LiveState} */
export function begin(session, rows, onAir = null) {
  return { state: session.state, slate: session.slate_text ?? "", rows, onAir, guest: null, cohost: "", sharing: "", leader: true };
}

/** The whole picture (welcome or changes).
 * @param {LiveState} before @param {any} message @returns {LiveState} */
export function whole(before, message) {
  const rows = message.wall ?? before.rows;
  const on = message.stage?.guest;
  const known = on?.on ? rows.find((/** @type {Row} */ row) => row.id === on.question) : undefined;
  return {
    ...before,
    rows,
    state: message.session?.state ?? before.state,
    slate: message.session?.slate_text ?? before.slate,
    guest: guestOf(message.stage),
    ...besideOf(message.stage),
    leader: message.stage?.main?.present ?? true,
    onAir: known ?? rows.find((/** @type {Row} */ row) => row.stage_state === "on") ?? (on?.on ? before.onAir : null),
  };
}

/** One question changed; `question` null: it is not public any more.
 * @param {LiveState} before @param {{id: number, question: Row | null}} message @returns {LiveState} */
export function question(before, { id, question: row }) {
  const onWall = row && (row.wall_state === "shown" || row.wall_state === "answered");
  const known = before.rows.some((other) => other.id === id);
  let rows = before.rows;
  if (!onWall) rows = rows.filter((other) => other.id !== id);
  else if (known) rows = rows.map((other) => (other.id === id ? row : other));
  // At the end: nothing above moves under the reader's eye.
  else rows = [...rows, row];
  let onAir = before.onAir?.id === id ? null : before.onAir;
  if (row?.stage_state === "on") onAir = row;
  return { ...before, rows, onAir };
}

/** @param {LiveState} before @param {{state?: string, slate_text?: string}} message @returns {LiveState} */
export function session(before, message) {
  return { ...before, state: message.state ?? before.state, slate: message.slate_text ?? before.slate };
}

/** @param {LiveState} before @param {any} message @returns {LiveState} */
export function stage(before, message) {
  return { ...before, guest: guestOf(message), ...besideOf(message), leader: message.main?.present ?? true };
}

/** The citizen who is on air with picture and sound.
 * @param {any} message */
function guestOf(message) {
  const guest = message?.guest;
  return guest?.on && guest.present ? { name: guest.name ?? "", village: guest.village ?? "" } : null;
}

/** The co-host on air, and whose picture holds a screen.
 * @param {any} message @returns {{cohost: string, sharing: string}} */
function besideOf(message) {
  const seat = message?.cohosts?.find((/** @type {any} */ each) => each.on && each.present);
  return { cohost: seat?.name ?? "", sharing: message?.sharing ?? "" };
}

// The server tells of so many raised hands and no more.
const HANDS_TOLD = 50;

/** Whether everybody who waits for the microphone stands in this message. @param {any} stage @returns {boolean} */
export function isWholeLine(stage) {
  return Array.isArray(stage?.hands) && stage.hands.length < HANDS_TOLD;
}

/** One's place among all who wait for the microphone, whoever is on it not counted; 0: not waiting.
 * @param {any} stage @param {(place: any) => boolean} mine @returns {number} */
export function placeIn(stage, mine) {
  const line = [stage?.guest, ...(stage?.queue ?? []), ...(stage?.hands ?? [])].filter((place) => place && !place.on);
  return line.findIndex(mine) + 1;
}
