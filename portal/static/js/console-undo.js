// What can still be taken back. Pure: the time is handed in (milliseconds of any steady clock).

import { isAnswering } from "./console-lanes.js";

/** @typedef {import("./console-lanes.js").Row} Row */
/** @typedef {import("./console-lanes.js").Action} Action */
/** @typedef {{type: string, fields: Record<string, unknown>}} Message */

/**
 * @typedef {object} Undo
 * @property {string} words    what was done, for people
 * @property {Message[]} steps the messages that take it back, in order
 * @property {number} until
 * @property {() => void} [close] takes its notice off the page
 */

export const UNDO_MS = 10_000;
const KEPT = 20;
const OFF_STAGE = new Set(["new", "shortlisted", "done"]);

/** Where a step leaves a question, in the queue and on the wall; what is not named stays. @type {Partial<Record<Action, {stage?: string, shows?: boolean}>>} */
const LEAVES = {
  show: { shows: true },
  shortlist: { stage: "shortlisted", shows: true },
  back: { stage: "new" },
  done: { stage: "done" },
  call_up: { stage: "prompted", shows: true },
  take_off: { stage: "done" },
  hide: {},
};

/**
 * The wall state after a step that shows a question to everybody.
 * @param {string} wall
 */
export function shown(wall) {
  return wall === "received" ? "shown" : wall;
}

/**
 * The messages that take a step back; none where it cannot be. Nobody is put before the microphone again by it: whoever
 * was sent away goes to the shortlist (see `isWhole`) and must be called again.
 * @param {Row} row as it was before the step
 * @param {Action} action
 * @returns {Message[]}
 */
export function wayBack(row, action) {
  const question = row.id;
  if (action === "unhide") return row.hidden_reason ? [{ type: "hide", fields: { question, reason: row.hidden_reason } }] : [];
  const leaves = LEAVES[action];
  // An answer has ended with it: what a citizen was told stays told.
  if (action === "take_off" && isAnswering(row)) return [];
  if (!leaves || (action === "shortlist" && !OFF_STAGE.has(row.stage_state))) return [];
  const expected_stage = leaves.stage ?? row.stage_state;
  const expected_wall = action === "hide" ? "hidden" : leaves.shows ? shown(row.wall_state) : row.wall_state;
  const stage = isWhole(row, action) ? row.stage_state : "shortlisted";
  return [{ type: "put_back", fields: { question, stage, wall: row.wall_state, expected_stage, expected_wall } }];
}

/** Whether all is as it was when the step has been taken back. @param {Row} row @param {Action} action */
export function isWhole(row, action) {
  return !LEAVES[action]?.stage || OFF_STAGE.has(row.stage_state);
}

/**
 * The messages that part questions again which were joined to another.
 * @param {Row[]} rows as they were before
 * @returns {Message[]}
 */
export function waysApart(rows) {
  const alone = rows.filter((row) => !row.same_as);
  const questions = alone.map((row) => row.id);
  const moved = alone.filter((row) => row.stage_state !== "new" && OFF_STAGE.has(row.stage_state));
  return [
    ...(questions.length ? [{ type: "part", fields: { questions } }] : []),
    ...moved.map(({ id, stage_state: stage, wall_state: wall }) => ({
      type: "put_back",
      fields: { question: id, stage, wall, expected_stage: "new", expected_wall: wall },
    })),
    ...rows.filter((row) => row.same_as).map((row) => ({ type: "same", fields: { question: row.id, as: row.same_as } })),
  ];
}

export class UndoList {
  constructor() {
    /** @type {Undo[]} */
    this.entries = [];
  }

  /**
   * @param {{words: string, steps: Message[]}} done
   * @param {number} now
   * @returns {Undo}
   */
  add(done, now) {
    const entry = { ...done, until: now + UNDO_MS };
    this.entries = [...this.entries.filter((each) => each.until > now), entry].slice(-KEPT);
    return entry;
  }

  /**
   * The latest thing that may still be taken back; it is taken out of the list.
   * @param {number} now
   * @returns {Undo|null}
   */
  take(now) {
    this.entries = this.entries.filter((each) => each.until > now);
    return this.entries.pop() ?? null;
  }

  /**
   * Take out one entry, when its own button was pressed; null when its time is over.
   * @param {Undo} entry
   * @param {number} now
   * @returns {Undo|null}
   */
  takeThis(entry, now) {
    const at = this.entries.indexOf(entry);
    if (at < 0) return null;
    this.entries.splice(at, 1);
    return entry.until > now ? entry : null;
  }
}
