// Rows as the server sends them, for the tests of the console.

/** @returns {import("../../portal/static/js/console-lanes.js").Row} */
export function row(id, fields = {}) {
  return {
    id,
    uuid: `uuid-${id}`,
    number: `ZT${id}`,
    text: `问题 ${id}`,
    village: "河东村",
    name: "张**",
    votes: 0,
    stage_state: "new",
    wall_state: "shown",
    kind: "written",
    same_as: null,
    claimed_by: null,
    asked_at: "2026-02-10T19:30:00+08:00",
    answer_begin_ms: null,
    answer_end_ms: null,
    hidden_reason: "",
    revision: id,
    ...fields,
  };
}
