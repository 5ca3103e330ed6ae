// Tonight's agenda: open promises of the last broadcasts. What was spoken of is ticked off, on this device alone.

import { need, shelf } from "./dom.js";
import { promiseRow } from "./studio-panel.js";

/**
 * @param {import("./studio-panel.js").Panel} panel
 * @param {any[]} promises
 * @param {number} session
 */
export function startAgenda(panel, promises, session) {
  const store = shelf();
  const key = `agenda.${session}`;
  const done = new Set(JSON.parse(store.getItem(key) ?? "[]"));
  const left = () => panel.count("agenda", promises.filter((each) => !done.has(each.id)).length);
  const rows = promises.map((promise) => {
    const item = promiseRow(promise);
    const tick = document.createElement("button");
    tick.type = "button";
    tick.className = "button";
    const draw = () => {
      const is = done.has(promise.id);
      tick.textContent = is ? gettext("✓ 已讲到") : gettext("讲到了");
      tick.setAttribute("aria-pressed", String(is));
      item.toggleAttribute("data-done", is);
    };
    tick.addEventListener("click", () => {
      if (!done.delete(promise.id)) done.add(promise.id);
      store.setItem(key, JSON.stringify([...done]));
      draw();
      left();
    });
    draw();
    item.append(tick);
    return item;
  });
  need("[data-agenda]", HTMLElement).replaceChildren(...rows);
  need("[data-agenda-empty]", HTMLElement).hidden = rows.length > 0;
  left();
  if (rows.length) panel.open("agenda");
}
