// The overlay: question on air, captions, length of the queue. It only listens.

import { CaptionBox } from "./captions.js";
import { need, pageData } from "./dom.js";
import * as states from "./live-state.js";
import { Signal, signalUrl } from "./signal.js";
import { fill } from "./staff-words.js";

const page = pageData("page");
const signal = new Signal(signalUrl(page.session.id), "viewer");
const captions = new CaptionBox(need("[data-captions]", HTMLElement));
let state = states.begin(page.session, []);

/** @param {import("./live-state.js").LiveState} after */
function become(after) {
  state = after;
  const row = state.onAir;
  need("[data-third]", HTMLElement).hidden = row === null;
  need("[data-number]", HTMLElement).textContent = [row?.number, row?.name, row?.village].filter(Boolean).join(" · ");
  need("[data-text]", HTMLElement).textContent = row ? row.text || gettext("举手提问") : "";
}

/** @param {any} stage */
function drawQueue(stage) {
  const count = stage?.queue?.length ?? 0;
  const place = need("[data-queue]", HTMLElement);
  place.hidden = count === 0;
  place.textContent = fill(ngettext("还有 %(count)s 个问题在等", "还有 %(count)s 个问题在等", count), { count });
}

for (const type of ["welcome", "changes"]) {
  signal.on(type, (message) => {
    become(states.whole(state, message));
    drawQueue(message.stage);
    for (const cue of message.captions ?? []) if (!message.again) captions.put(cue);
  });
}
signal.on("question", (message) => become(states.question(state, message)));
signal.on("stage", (message) => {
  become(states.stage(state, message));
  drawQueue(message);
});
signal.on("caption", ({ cue }) => captions.put(cue));
signal.connect();
