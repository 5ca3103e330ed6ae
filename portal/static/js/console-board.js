// The lanes, the selection and the search. Changes are gathered and drawn once per frame.

import { LANES, matches } from "./console-lanes.js";
import { LaneView } from "./console-list.js";
import { RowStore } from "./console-rows.js";
import { need } from "./dom.js";
import { Emitter } from "./emitter.js";

/** @typedef {import("./console-lanes.js").Row} Row */
/** @typedef {import("./console-lanes.js").LaneKey} LaneKey */

/** Events: "select" (id or null), "drawn" (ids drawn again). */
export class Board extends Emitter {
  constructor() {
    super();
    this.store = new RowStore();
    /** @type {Map<LaneKey, LaneView>} */
    this.lanes = new Map();
    /** @type {number|null} */
    this.selected = null;
    this.query = "";
    /** What the rows do not say of a row. @type {(row: Row) => {marked: boolean, claimed: string}} */
    this.facts = () => ({ marked: false, claimed: "" });
    /** Rows that we ourselves are sending on: the selection stays in the lane and takes the next. @type {Set<number>} */
    this.leaving = new Set();
    /** @type {Set<LaneKey>} */
    this.dirtyLanes = new Set();
    /** @type {Set<number>} */
    this.dirtyRows = new Set();
    this.framed = false;
    for (const key of LANES) this.#addLane(key);
  }

  /** @param {LaneKey} key */
  #addLane(key) {
    const section = need(`[data-lane="${key}"]`, HTMLElement);
    const lane = new LaneView(section, (id) => this.select(id, true));
    this.lanes.set(key, lane);
    lane.pill.addEventListener("click", () => this.reveal(key));
    const sort = section.querySelector("[data-sort]");
    sort?.addEventListener("click", () => {
      const by = sort.getAttribute("aria-pressed") === "true" ? "time" : "votes";
      sort.setAttribute("aria-pressed", String(by === "votes"));
      this.store.sort(key, by);
      lane.list.scrollTop = 0;
      this.#soon([key], []);
    });
  }

  /** @param {Row} row */
  #isVisible = (row) => this.query === "" || matches(row, this.query);

  /** @param {LaneKey} key */
  lane(key) {
    return /** @type {LaneView} */ (this.lanes.get(key));
  }

  get row() {
    return this.selected === null ? null : this.store.get(this.selected);
  }

  /**
   * Rows from the server.
   * @param {Row[]} rows
   * @param {number} revision
   */
  apply(rows, revision) {
    const before = this.selected === null ? null : this.store.lane(this.selected);
    const place = before ? this.store.visible(before, this.#isVisible).indexOf(/** @type {number} */ (this.selected)) : -1;
    const changes = this.store.apply(rows, revision, (key) => this.lane(key).isWatched);
    // The row that others were joined to shows how many.
    const roots = rows.map((row) => row.same_as).filter((id) => id !== null);
    if (before && this.selected !== null) this.#followOrStay(before, place);
    this.#soon(changes.lanes, [...changes.updated, ...roots]);
  }

  /**
   * The selected row has gone to another lane. Sent by ourselves: on with the next one. By somebody else: keep reading.
   * @param {LaneKey} before
   * @param {number} place
   */
  #followOrStay(before, place) {
    const id = /** @type {number} */ (this.selected);
    if (this.store.lane(id) === before) return;
    if (!this.leaving.delete(id)) {
      this.lane(before).select(null, false);
      return;
    }
    const ids = this.store.visible(before, this.#isVisible);
    const hadFocus = this.lane(before).list.contains(document.activeElement) || document.activeElement === document.body;
    this.lane(before).select(null, false);
    const next = ids[Math.min(place, ids.length - 1)] ?? null;
    // At once, so that the next key is about the next row; drawn and focused with the frame.
    this.selected = next;
    this.#afterDraw = () => this.selected === next && this.select(next, hadFocus);
  }

  /** @type {(() => unknown)|null} */
  #afterDraw = null;

  /**
   * @param {Iterable<LaneKey>} lanes
   * @param {Iterable<number>} rows
   */
  #soon(lanes, rows) {
    for (const key of lanes) this.dirtyLanes.add(key);
    for (const id of rows) this.dirtyRows.add(id);
    if (this.framed) return;
    this.framed = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.framed = false;
    const [lanes, rows] = [this.dirtyLanes, this.dirtyRows];
    [this.dirtyLanes, this.dirtyRows] = [new Set(), new Set()];
    const joined = this.store.sameCounts();
    const now = Date.now();
    const facts = (/** @type {Row} */ row) => ({ now, joined: joined.get(row.id) ?? 0, ...this.facts(row) });
    const get = (/** @type {number} */ id) => this.store.get(id);
    for (const [key, lane] of this.lanes) {
      if (this.store.held[key].length && !lane.isWatched) {
        this.store.reveal(key);
        lanes.add(key);
      }
      if (lanes.has(key)) lane.draw(this.store.visible(key, this.#isVisible), get, facts);
      lane.counts(this.store.count(key), this.store.held[key].length);
    }
    for (const id of rows) {
      const row = this.store.get(id);
      const key = this.store.lane(id);
      if (row && key) this.lane(key).update(row, facts(row));
    }
    this.#afterDraw?.();
    this.#afterDraw = null;
    this.#markSelected();
    this.emit("drawn", rows);
  }

  #markSelected() {
    const key = this.selected === null ? null : this.store.lane(this.selected);
    for (const [each, lane] of this.lanes) {
      if (each !== key) {
        if (lane.selected !== null) lane.select(null, false);
      } else if (lane.selected !== this.selected) lane.select(this.selected, false);
    }
  }

  /**
   * @param {number|null} id
   * @param {boolean} focus
   */
  select(id, focus) {
    const key = id === null ? null : this.store.lane(id);
    if (id !== null && key && this.store.held[key].includes(id)) this.#revealNow(key);
    this.selected = id;
    this.#markSelected();
    if (key) this.lane(key).select(id, focus);
    this.emit("select", id);
  }

  /** @param {LaneKey} key */
  #revealNow(key) {
    this.store.reveal(key);
    this.dirtyLanes.add(key);
    this.#draw();
  }

  /** Show what waits behind the pill, and go to the first of it. @param {LaneKey} key */
  reveal(key) {
    const ids = this.store.held[key].slice();
    this.#revealNow(key);
    const lane = this.lane(key);
    const first = this.store.visible(key, this.#isVisible).find((id) => ids.includes(id));
    lane.list.scrollTop = 0;
    if (first !== undefined) this.select(first, true);
  }

  /** @param {number} step */
  step(step) {
    const id = this.store.neighbour(this.selected, step, this.#isVisible);
    if (id !== null) this.select(id, true);
  }

  /** @param {LaneKey} key */
  goTo(key) {
    const id = this.store.first(key, this.#isVisible);
    if (id !== null) this.select(id, true);
    else this.lane(key).section.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** @param {Iterable<number>} ids */
  redraw(ids) {
    this.#soon([], ids);
  }

  /** Somebody is at a question now, or no longer. @param {number} id @param {{id: number, name: string}|null} by @param {string} at */
  claimed(id, by, at) {
    const row = this.store.get(id);
    if (!row) return;
    this.store.rows.set(id, { ...row, claimed_by: by, claimed_at: by ? at : null });
    this.redraw([id]);
  }

  /** @param {string} query */
  search(query) {
    this.query = query.trim();
    this.#soon(LANES, []);
  }

  ages() {
    const now = Date.now();
    // Claims run out by themselves.
    this.redraw([...this.store.rows.values()].filter((row) => row.claimed_by).map((row) => row.id));
    for (const lane of this.lanes.values()) lane.ages(now, (id) => this.store.get(id));
  }
}
