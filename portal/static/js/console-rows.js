// The rows a console holds, lane by lane. Pure: the page is drawn from it, it knows nothing of the page.
// A row that is already shown keeps its place until it leaves its lane; new rows can be held back behind a pill.

import { LANES, compareRows, laneOf } from "./console-lanes.js";

/** @typedef {import("./console-lanes.js").Row} Row */
/** @typedef {import("./console-lanes.js").LaneKey} LaneKey */

/**
 * What a batch changed: rows to draw again, rows never seen before, and lanes whose list or pill is different.
 * @typedef {{updated: Set<number>, lanes: Set<LaneKey>, arrived: Set<number>}} Changes
 */

/** @returns {Changes} */
function noChanges() {
  return { updated: new Set(), lanes: new Set(), arrived: new Set() };
}

export class RowStore {
  constructor() {
    /** @type {Map<number, Row>} */
    this.rows = new Map();
    this.revision = 0;
    /** Ids in the order shown. @type {Record<LaneKey, number[]>} */
    this.shown = { new: [], shortlist: [], stage: [], done: [] };
    /** Ids that arrived while the lane was under somebody's eye. @type {Record<LaneKey, number[]>} */
    this.held = { new: [], shortlist: [], stage: [], done: [] };
    /** @type {Record<LaneKey, "time"|"votes">} */
    this.order = { new: "time", shortlist: "time", stage: "time", done: "time" };
    /** @type {Map<number, LaneKey>} */
    this.laneById = new Map();
  }

  /** @param {number} id */
  get(id) {
    return this.rows.get(id) ?? null;
  }

  /** @param {number} id */
  lane(id) {
    return this.laneById.get(id) ?? null;
  }

  /** @param {LaneKey} lane */
  count(lane) {
    return this.shown[lane].length + this.held[lane].length;
  }

  /**
   * Take rows as the server sent them. A row older than the one held is ignored: two answers may overtake each other.
   * @param {Row[]} rows
   * @param {number} revision                        the session's revision these rows are complete up to
   * @param {(lane: LaneKey) => boolean} [isWatched] whether new rows of this lane must wait behind the pill
   * @returns {Changes}
   */
  apply(rows, revision, isWatched = () => false) {
    const changes = noChanges();
    const whole = this.rows.size === 0;
    for (const row of rows) this.#take(row, changes, whole ? () => false : isWatched);
    this.revision = Math.max(this.revision, revision);
    return changes;
  }

  /**
   * @param {Row} row
   * @param {Changes} changes
   * @param {(lane: LaneKey) => boolean} isWatched
   */
  #take(row, changes, isWatched) {
    const old = this.rows.get(row.id);
    if (old && old.revision > row.revision) return;
    this.rows.set(row.id, row);
    changes.updated.add(row.id);
    if (!old) changes.arrived.add(row.id);
    const from = this.laneById.get(row.id);
    const to = laneOf(row);
    const moved = from !== to || (to === "stage" && old?.stage_state !== row.stage_state);
    if (!moved) return;
    if (from) {
      this.#remove(from, row.id);
      changes.lanes.add(from);
    }
    this.laneById.set(row.id, to);
    changes.lanes.add(to);
    if (!old && isWatched(to)) this.held[to].push(row.id);
    else this.#insert(to, row);
  }

  /**
   * @param {LaneKey} lane
   * @param {number} id
   */
  #remove(lane, id) {
    for (const list of [this.shown[lane], this.held[lane]]) {
      const at = list.indexOf(id);
      if (at >= 0) list.splice(at, 1);
    }
  }

  /**
   * @param {LaneKey} lane
   * @param {Row} row
   */
  #insert(lane, row) {
    const ids = this.shown[lane];
    const at = ids.findIndex((id) => {
      const other = this.rows.get(id);
      return other !== undefined && compareRows(lane, row, other, this.order[lane]) < 0;
    });
    if (at < 0) ids.push(row.id);
    else ids.splice(at, 0, row.id);
  }

  /**
   * Show what was held back.
   * @param {LaneKey} lane
   * @returns {number[]} the ids that came into sight
   */
  reveal(lane) {
    const ids = this.held[lane];
    this.held[lane] = [];
    for (const id of ids) {
      const row = this.rows.get(id);
      if (row) this.#insert(lane, row);
    }
    return ids;
  }

  /**
   * Put a lane in order once, because somebody asked; later changes of votes do not move rows.
   * @param {LaneKey} lane
   * @param {"time"|"votes"} by
   */
  sort(lane, by) {
    this.order[lane] = by;
    this.reveal(lane);
    this.shown[lane].sort((a, b) => {
      const [first, second] = [this.rows.get(a), this.rows.get(b)];
      return first && second ? compareRows(lane, first, second, by) : 0;
    });
  }

  /**
   * The row to select after `step` rows down (or up) in the same lane, among those that `isVisible` lets through.
   * Without a selection: the first row of the first lane that has one.
   * @param {number|null} id
   * @param {number} step
   * @param {(row: Row) => boolean} [isVisible]
   * @returns {number|null}
   */
  neighbour(id, step, isVisible = () => true) {
    const lane = id === null ? null : this.lane(id);
    if (lane === null) {
      for (const key of LANES) {
        const first = this.first(key, isVisible);
        if (first !== null) return first;
      }
      return null;
    }
    const ids = this.visible(lane, isVisible);
    const at = ids.indexOf(/** @type {number} */ (id));
    if (at < 0) return ids[0] ?? null;
    return ids[Math.min(ids.length - 1, Math.max(0, at + step))] ?? null;
  }

  /**
   * @param {LaneKey} lane
   * @param {(row: Row) => boolean} [isVisible]
   */
  visible(lane, isVisible = () => true) {
    return this.shown[lane].filter((id) => {
      const row = this.rows.get(id);
      return row !== undefined && isVisible(row);
    });
  }

  /**
   * @param {LaneKey} lane
   * @param {(row: Row) => boolean} [isVisible]
   * @returns {number|null}
   */
  first(lane, isVisible = () => true) {
    return this.visible(lane, isVisible)[0] ?? null;
  }

  /** The question whose answer is being given now. @returns {Row|null} */
  answering() {
    let found = null;
    for (const row of this.rows.values()) {
      if (row.answer_begin_ms == null || row.answer_end_ms != null) continue;
      if (!found || row.revision > found.revision) found = row;
    }
    return found;
  }

  /** How many questions stand for another, by that other's id. @returns {Map<number, number>} */
  sameCounts() {
    const counts = new Map();
    for (const row of this.rows.values()) {
      if (row.same_as) counts.set(row.same_as, (counts.get(row.same_as) ?? 0) + 1);
    }
    return counts;
  }
}
