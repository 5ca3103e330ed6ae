// Which of the studio's faces is shown, and what its buttons may do. Pure.

/** @typedef {"check"|"live"|"paused"|"over"|"replaced"|"cancelled"} Phase */

/**
 * @param {string} sessionState planned|live|paused|ended|cancelled
 * @param {boolean} replaced    another window of the same leader has taken over
 * @returns {Phase}
 */
export function phaseOf(sessionState, replaced) {
  if (sessionState === "ended") return "over";
  if (sessionState === "cancelled") return "cancelled";
  if (replaced) return "replaced";
  if (sessionState === "live") return "live";
  return sessionState === "paused" ? "paused" : "check";
}

/**
 * The question the leader should see: the one being answered, else the one on stage, else none.
 * @param {Iterable<any>} questions public rows
 * @returns {any|null}
 */
export function questionOnAir(questions) {
  let best = null;
  let bestRank = 0;
  for (const question of questions) {
    if (question.wall_state === "hidden") continue;
    const answering = question.answer_begin_ms != null && question.answer_end_ms == null;
    const rank = answering ? 2 : question.stage_state === "on" ? 1 : 0;
    if (rank > bestRank || (rank === bestRank && rank > 0 && question.revision > best.revision)) {
      best = question;
      bestRank = rank;
    }
  }
  return best;
}

/**
 * What comes next: those nearest to the air first, then the shortlist in the order it was made.
 * @param {Iterable<any>} questions public rows
 * @param {number|null} onAir       the question not to repeat
 * @param {number} [limit]
 * @returns {any[]}
 */
export function nextUp(questions, onAir, limit = 3) {
  /** @type {Record<string, number>} */
  const rank = { on: 0, ready: 1, checking: 2, prompted: 3, shortlisted: 4 };
  return [...questions]
    .filter((each) => each.id !== onAir && each.stage_state in rank && each.wall_state !== "hidden")
    .sort((a, b) => rank[a.stage_state] - rank[b.stage_state] || a.revision - b.revision)
    .slice(0, limit);
}

/**
 * Whether the guest is one to be seen and heard: a question read out by the leader has nobody behind it.
 * @param {any|null} guest of the stage message
 */
export function hasFace(guest) {
  return Boolean(guest && (guest.present || guest.seat_until));
}

/**
 * How large a question is set: the shorter the text, the larger, so that two metres stay readable.
 * @param {string} text
 * @returns {"short"|"medium"|"long"|"very-long"}
 */
export function textSize(text) {
  const length = [...text].length;
  if (length <= 36) return "short";
  if (length <= 90) return "medium";
  return length <= 220 ? "long" : "very-long";
}

/**
 * The co-host whose picture the leader sees: who is on stage, on or dropped; nobody else is sent.
 * @template {{on: boolean}} T
 * @param {T[]} seats of the stage message
 */
export function seatInView(seats) {
  return seats.find((seat) => seat.on);
}

/**
 * The queue of the stage message with what is known of its questions; before there is one, all questions known.
 * @param {any[]} queue
 * @param {Map<number, any>} questions
 */
export function waiting(queue, questions) {
  if (!queue.length) return [...questions.values()];
  return queue.map((place) => ({ ...questions.get(place.question), ...place, id: place.question, stage_state: place.state, revision: 0 }));
}
