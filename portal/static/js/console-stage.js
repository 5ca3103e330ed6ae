// The strip on top: who is on, who is ready, who dropped and how long their seat is kept, what is being answered.

import { adviceOf, seatSeconds } from "./console-health.js";
import { need } from "./dom.js";
import { fill, sessionWord, stageWord } from "./staff-words.js";

/** @typedef {import("./console-lanes.js").Row} Row */
/** @typedef {import("./console-health.js").Light} Light */

/** @param {HTMLElement} place @param {string} words */
function say(place, words) {
  if (place.textContent !== words) place.textContent = words;
}

// The nearest; how many there are stands above them.
const QUEUE_SHOWN = 4;

export class StageStrip {
  /** @param {(id: number) => void} onShow */
  constructor(onShow) {
    this.root = need("[data-console]", HTMLElement);
    /** @type {any} */
    this.stage = null;
    /** @type {Record<string, Light>} */
    this.lights = {};
    this.queue = this.#find("[data-stage-queue]");
    this.queue.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button?.dataset.show) onShow(Number(button.dataset.show));
    });
  }

  /** @param {string} selector */
  #find(selector) {
    return need(selector, HTMLElement, this.root);
  }

  /** @param {any} stage of the stage message */
  show(stage) {
    this.stage = stage;
    const { main, guest } = stage;
    this.#person("main", main.name, this.#mainWord(main), main.present ? "good" : main.on ? "bad" : "wait");
    this.#find("[data-guest-on]").hidden = !guest || guest.on || !["checking", "ready"].includes(guest.state);
    this.#find("[data-guest-off]").hidden = !guest;
    this.tick(Date.now());
    const queue = stage.queue ?? [];
    this.#find("[data-stage-queue-empty]").hidden = queue.length > 0;
    say(this.#find("[data-stage-queue-count]"), queue.length ? String(queue.length) : "");
    this.queue.replaceChildren(...queue.slice(0, QUEUE_SHOWN).map((/** @type {any} */ place) => queueItem(place)));
  }

  /** @param {any} main */
  #mainWord(main) {
    if (!main.present) return main.on ? gettext("断开了，观众看到静止画面") : gettext("未到");
    return main.on ? gettext("直播中") : gettext("已就位");
  }

  /** The countdown of a kept seat moves by itself. @param {number} now */
  tick(now) {
    const guest = this.stage?.guest;
    if (!guest) return this.#person("guest", "—", gettext("无人"), "wait");
    const left = seatSeconds(guest.seat_until, now);
    const name = [guest.name, guest.village].filter(Boolean).join(" · ");
    if (!guest.present && left !== null) {
      return this.#person("guest", name, fill(gettext("断开了，座位还留 %(seconds)s 秒"), { seconds: left }), "bad");
    }
    const here = guest.present ? gettext("画面已连上") : gettext("画面未连上");
    const level = guest.on && guest.present ? "good" : guest.present ? "warn" : "wait";
    this.#person("guest", name, `${stageWord(guest.state)} · ${here}`, level);
  }

  /** @param {Record<"main"|"guest"|"cohost", Light|null>} lines how well they reach us */
  lines(lines) {
    for (const which of /** @type {const} */ (["main", "guest", "cohost"])) {
      const place = need("[data-stage-line]", HTMLElement, this.#find(`[data-stage-${which}]`));
      place.hidden = lines[which] === null;
      say(place, lines[which]?.words ?? "");
      place.dataset.level = lines[which]?.level ?? "wait";
    }
  }

  /** @param {"main"|"guest"} which @param {string} name @param {string} word @param {string} level */
  #person(which, name, word, level) {
    const place = this.#find(`[data-stage-${which}]`);
    say(need("[data-stage-name]", HTMLElement, place), name || "—");
    say(need("[data-stage-word]", HTMLElement, place), word);
    place.dataset.level = level;
  }

  /** @param {Row|null} row the question being answered */
  answering(row) {
    say(this.#find("[data-answer-title]"), row ? gettext("正在回答") : gettext("没有正在回答的问题"));
    say(this.#find("[data-answer-text]"), row ? [row.number, row.text || gettext("口头提问")].join(" ") : "");
    this.#find("[data-answer]").toggleAttribute("data-on", row !== null);
    const [begin, end] = ["begin", "end"].map((act) => need(`[data-answer] [data-act="${act}"]`, HTMLButtonElement));
    begin.disabled = row !== null;
    end.disabled = row === null;
    begin.classList.toggle("button-primary", row === null);
    end.classList.toggle("button-primary", row !== null);
  }

  /** @param {string} state of the session */
  session(state) {
    const badge = this.#find("[data-state]");
    say(badge, sessionWord(state));
    badge.className = state === "live" ? "badge badge-live" : state === "paused" ? "badge badge-soon" : "badge";
    const shown = { go_live: state === "planned", pause: state === "live", resume: state === "paused", end: state === "live" || state === "paused" };
    for (const button of this.root.querySelectorAll("button[data-session]")) {
      const name = /** @type {keyof typeof shown} */ (/** @type {HTMLElement} */ (button).dataset.session);
      /** @type {HTMLElement} */ (button).hidden = !shown[name];
    }
  }

  /** @param {string} name link|recording|captions|viewers @param {Light} light */
  light(name, light) {
    const place = this.#find(`[data-light="${name}"]`);
    say(place, light.words);
    place.dataset.level = light.level;
    this.lights[name] = light;
    // A status: who works by ear hears of a broken recording without looking for it.
    say(this.#find("[data-health-advice]"), adviceOf(this.lights));
  }
}

/** @param {any} place one of the stage's queue */
function queueItem(place) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "similar-text";
  button.dataset.show = String(place.question);
  const who = [place.name, place.village].filter(Boolean).join(" · ");
  button.textContent = fill(gettext("%(state)s：%(who)s"), { state: stageWord(place.state), who });
  item.append(button);
  return item;
}
