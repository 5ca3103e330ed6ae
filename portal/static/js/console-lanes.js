// Which lane a question stands in, and which actions its state allows. Pure: no page, no clock, no socket.
// The server decides in the end; this only keeps buttons from offering what would be refused.

/**
 * One row of `console_rows` as the server sends it.
 * @typedef {object} Row
 * @property {number} id
 * @property {string} uuid
 * @property {string} number            case number
 * @property {string} text
 * @property {string} village
 * @property {string} name              masked
 * @property {number} votes
 * @property {string} stage_state       new|shortlisted|prompted|checking|ready|on|done
 * @property {string} wall_state        received|shown|answered|hidden
 * @property {string} kind              written|spoken
 * @property {number|null} same_as
 * @property {{id: number, name: string}|null} [claimed_by]
 * @property {string|null} [claimed_at]  ISO 8601
 * @property {{kind: string, begin: number, end: number}[]} [personal] what looks like personal data, in characters
 * @property {string} [public_text]     what the public reads
 * @property {boolean} [blocked]        whoever asked it is blocked in this broadcast
 * @property {string} [channel]         telephone|letter|wechat when the crew typed it in
 * @property {string} asked_at          ISO 8601
 * @property {number|null} answer_begin_ms
 * @property {number|null} answer_end_ms
 * @property {string} [hidden_reason]
 * @property {string} [written_answer]
 * @property {number} revision
 * @property {number} [order]           place in the shortlist
 * @property {string} [case_state]
 * @property {{person: number, village: number}} [history] earlier cases of the same person and of the same village
 */

/** @typedef {"new"|"shortlist"|"stage"|"done"} LaneKey */

/** Lanes from left to right. @type {readonly LaneKey[]} */
export const LANES = ["new", "shortlist", "stage", "done"];

/** @type {Record<string, LaneKey>} */
const LANE_OF_STATE = {
  new: "new",
  shortlisted: "shortlist",
  prompted: "stage",
  checking: "stage",
  ready: "stage",
  on: "stage",
  done: "done",
};

/** Who is nearest to the air comes first. @type {Record<string, number>} */
const STAGE_RANK = { on: 0, ready: 1, checking: 2, prompted: 3 };

/**
 * A hidden question needs nothing more: it rests with what is done.
 * @param {Row} row
 * @returns {LaneKey}
 */
export function laneOf(row) {
  if (row.wall_state === "hidden") return "done";
  return LANE_OF_STATE[row.stage_state] ?? "new";
}

/** @param {Row} row */
export function isAnswering(row) {
  return row.answer_begin_ms != null && row.answer_end_ms == null;
}

/**
 * Order of two rows within a lane; negative when `a` stands above `b`.
 * @param {LaneKey} lane
 * @param {Row} a
 * @param {Row} b
 * @param {"time"|"votes"} [by]
 */
export function compareRows(lane, a, b, by = "time") {
  if (by === "votes" && a.votes !== b.votes) return b.votes - a.votes;
  if (lane === "stage") {
    const rank = (STAGE_RANK[a.stage_state] ?? 9) - (STAGE_RANK[b.stage_state] ?? 9);
    return rank || a.id - b.id;
  }
  if (lane === "done") return b.revision - a.revision || b.id - a.id;
  if (lane === "shortlist") return (a.order ?? 0) - (b.order ?? 0) || a.id - b.id;
  return b.id - a.id;
}

/** @typedef {"show"|"shortlist"|"back"|"call_up"|"put_on"|"take_off"|"begin"|"end"|"write"|"done"|"hide"|"unhide"|"same"|"gather"|"propose"} Action */

/**
 * The actions a row's state allows (portal/questions/states.py and its actions say the same, and have the last word).
 * @param {Row} row
 * @returns {Set<Action>}
 */
export function allowedActions(row) {
  /** @type {Set<Action>} */
  const allowed = new Set();
  const state = row.stage_state;
  if (state !== "on") allowed.add("write");
  if (row.wall_state === "hidden") return allowed.add("unhide");
  if (state !== "on") allowed.add("hide").add("same");
  if (row.wall_state === "received") allowed.add("show");
  if (state !== "shortlisted" && !isAnswering(row)) allowed.add("shortlist");
  if (state === "shortlisted") allowed.add("back");
  if (state === "new" || state === "shortlisted") allowed.add("call_up");
  if (state === "checking" || state === "ready") allowed.add("put_on");
  if (LANE_OF_STATE[state] === "stage") allowed.add("take_off");
  allowed.add(isAnswering(row) ? "end" : "begin");
  if (state !== "done" && !isAnswering(row)) allowed.add("done");
  if (row.kind === "spoken") allowed.add("propose");
  return allowed;
}

/** One key or button for two opposite steps. @type {Partial<Record<Action, Action>>} */
const OPPOSITE = { shortlist: "back", hide: "unhide" };

/**
 * What a press means for this row, null when its state does not allow it.
 * @param {Row} row
 * @param {Action} wanted
 * @returns {Action|null}
 */
export function stepMeant(row, wanted) {
  const allowed = allowedActions(row);
  const other = OPPOSITE[wanted];
  const meant = other && allowed.has(other) ? other : wanted;
  return allowed.has(meant) ? meant : null;
}

/** The stage state that an action leads to at once. @type {Partial<Record<Action, string>>} */
const LEADS_TO = { shortlist: "shortlisted", back: "new", done: "done", call_up: "prompted", take_off: "done" };

/**
 * What the row will most likely be when the server has agreed: drawn at once, so that a key answers without waiting.
 * The revision stays, so that whatever the server says wins.
 * @param {Row} row
 * @param {Action} action
 * @param {number} order place at the end of the shortlist
 * @returns {Row|null} null when the outcome is better waited for
 */
export function guess(row, action, order) {
  if (action === "hide") return { ...row, wall_state: "hidden" };
  const state = LEADS_TO[action];
  if (!state) return null;
  // Both show it to the public, and the next step starts from there.
  const wall = row.wall_state === "received" && (action === "shortlist" || action === "call_up") ? "shown" : row.wall_state;
  return { ...row, stage_state: state, wall_state: wall, order: state === "shortlisted" ? order : row.order };
}

/**
 * Rows that a search finds: number, masked name, village or text contain every word.
 * @param {Row} row
 * @param {string} query
 */
export function matches(row, query) {
  const text = `${row.number} ${row.name} ${row.village} ${row.text}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/**
 * Two-character pieces of a text, the unit in which Chinese sentences are compared without a dictionary.
 * @param {string} text
 */
function pieces(text) {
  const plain = text.toLowerCase().replace(/[\s\p{P}]/gu, "");
  const found = new Set();
  for (let at = 0; at + 2 <= plain.length; at += 1) found.add(plain.slice(at, at + 2));
  return found;
}

/**
 * The rows that say nearly the same as `row`, most alike first (share of common pieces, at least a fifth).
 * @param {Row} row
 * @param {Iterable<Row>} rows
 * @param {number} [limit]
 * @returns {{row: Row, score: number}[]}
 */
export function similarRows(row, rows, limit = 5) {
  const own = pieces(row.text);
  /** @type {{row: Row, score: number}[]} */
  const found = [];
  for (const other of rows) {
    if (other.id === row.id || other.same_as || other.wall_state === "hidden") continue;
    const theirs = pieces(other.text);
    let common = 0;
    for (const piece of own) if (theirs.has(piece)) common += 1;
    const all = own.size + theirs.size - common;
    const score = all ? common / all : 0;
    if (score >= 0.2) found.push({ row: other, score });
  }
  return found.sort((a, b) => b.score - a.score || a.row.id - b.row.id).slice(0, limit);
}
