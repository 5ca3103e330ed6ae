// Draws the studio: which face is shown, the question in large type, who comes next, who is on stage.

import { need } from "./dom.js";
import { fill, sessionWord, stageWord } from "./staff-words.js";
import { hasFace, textSize } from "./studio-phase.js";
import { ProgrammeView } from "./programme-view.js";

/** @typedef {import("./studio-phase.js").Phase} Phase */
/** @typedef {import("./studio-hints.js").Hint} Hint */

const DOUBLE_TAP_MS = 700;

export class StudioView {
  /** When `done` began to mean the end of an answer. */
  #turnedAt = -DOUBLE_TAP_MS;

  constructor() {
    this.root = need("[data-studio]", HTMLElement);
    this.self = this.#find("[data-self]", HTMLVideoElement);
    this.guest = this.#find("[data-guest]", HTMLVideoElement);
    this.cohost = this.#find("[data-cohost]", HTMLVideoElement);
    this.main = this.#find("[data-main]", HTMLVideoElement);
    this.meter = this.#find("[data-meter]", HTMLMeterElement);
    this.go = this.#find("[data-go]", HTMLButtonElement);
    this.done = this.#find("[data-done]", HTMLButtonElement);
    // The second tap of a double tap meant the words of before: it would end the answer that the first has begun.
    this.done.addEventListener("click", (event) => performance.now() < this.#turnedAt + DOUBLE_TAP_MS && event.stopImmediatePropagation());
    // Nobody can watch a rehearsal: it has no programme to be seen.
    this.programme = this.root.querySelector("[data-programme]") ? new ProgrammeView(this.root) : null;
    startDeviceDialog();
  }

  /**
   * @template {Element} T
   * @param {string} selector
   * @param {new () => T} kind
   */
  #find(selector, kind) {
    return need(selector, kind, this.root);
  }

  /**
   * @param {string} selector
   * @param {string} words
   */
  #say(selector, words) {
    const place = this.#find(selector, HTMLElement);
    if (place.textContent !== words) place.textContent = words;
  }

  /**
   * @param {string} selector
   * @param {boolean} shown
   */
  #show(selector, shown) {
    this.#find(selector, HTMLElement).hidden = !shown;
  }

  /**
   * @param {Phase} phase
   * @param {string} sessionState
   */
  phase(phase, sessionState) {
    const onAir = phase === "live" || phase === "paused";
    this.root.dataset.phase = phase;
    for (const part of this.root.querySelectorAll("[data-live-only]")) /** @type {HTMLElement} */ (part).hidden = !onAir;
    this.programme?.show(onAir);
    this.#show("[data-check]", phase === "check");
    this.#show("[data-over]", phase === "over" || phase === "cancelled");
    this.#show("[data-replaced]", phase === "replaced");
    this.#show(".studio-pictures", onAir || phase === "check");
    this.#show("[data-panel]", onAir || phase === "check");
    this.#show("[data-pause]", phase === "live");
    this.#show("[data-resume]", phase === "paused");
    if (phase === "cancelled") {
      this.#say("[data-over-title]", gettext("这场直播已取消"));
      this.#say("[data-over-text]", gettext("已收到的问题照常办理。"));
    }
    const badge = this.#find("[data-state]", HTMLElement);
    badge.textContent = sessionWord(sessionState);
    badge.className = sessionState === "live" ? "badge badge-live" : sessionState === "paused" ? "badge badge-soon" : "badge";
  }

  /** @param {string} words empty hides the note @param {boolean} bad something is wrong, not merely paused */
  note(words, bad) {
    this.#say("[data-note]", words);
    this.#find("[data-note]", HTMLElement).classList.toggle("note-error", bad);
    this.#find("[data-note]", HTMLElement).classList.toggle("note-soon", !bad);
    this.#show("[data-note]", words !== "");
  }

  /** @param {string} words */
  elapsed(words) {
    this.#say("[data-elapsed]", words);
  }

  /** @param {{webrtc?: number, hls?: number}} counts */
  viewers({ webrtc = 0, hls = 0 }) {
    this.#say("[data-viewers]", String(webrtc + hls));
  }

  /** @param {Hint} hint */
  link(hint) {
    this.#say("[data-link]", hint.words);
    this.#find("[data-link]", HTMLElement).dataset.level = hint.level;
  }

  /**
   * @param {string} name picture|light|sound|network
   * @param {Hint} hint
   */
  hint(name, hint) {
    this.#say(`[data-hint="${name}"]`, hint.words);
    this.#find(`[data-hint="${name}"]`, HTMLElement).dataset.level = hint.level;
  }

  /** @param {boolean} open whether the self view has a picture */
  selfReady(open) {
    this.#show("[data-self-wait]", !open);
  }

  /** @param {boolean} ready @param {string} why */
  ready(ready, why) {
    this.go.disabled = !ready;
    this.#say("[data-go-hint]", why);
  }

  /** @param {any|null} question */
  question(question) {
    const answering = question?.answer_begin_ms != null && question?.answer_end_ms == null;
    this.#show("[data-air-asker]", question !== null);
    this.#say("[data-air-title]", answering ? gettext("正在回答") : gettext("当前问题"));
    const text = question
      ? question.text || gettext("（口头提问，请听群众说）")
      : gettext("还没有上台的问题，由主持人安排。");
    this.#say("[data-air-text]", text);
    const place = this.#find("[data-air-text]", HTMLElement);
    place.dataset.size = question ? textSize(text) : "none";
    if (question) {
      this.#say("[data-air-number]", question.number || gettext("编号待定"));
      this.#say("[data-air-name]", [question.name, question.village].filter(Boolean).join(" · "));
    }
    this.done.disabled = question === null;
    const words = question && !answering ? gettext("开始回答") : gettext("回答完毕");
    if (answering && this.done.textContent !== words) this.#turnedAt = performance.now();
    this.done.textContent = words;
    this.done.classList.toggle("button-primary", answering || question === null);
  }

  /**
   * @param {{id: number, text: string, name: string, village: string, stage_state: string}[]} questions
   * @param {((id: number) => void)|null} take what a tap on "answer this" does; null while a question is on
   */
  next(questions, take) {
    this.#show("[data-next-empty]", questions.length === 0);
    this.#find("[data-next]", HTMLElement).replaceChildren(
      ...questions.map((question) => {
        const item = document.createElement("li");
        const who = document.createElement("p");
        who.className = "muted";
        const place = [question.name, question.village].filter(Boolean).join(" · ");
        who.textContent = question.stage_state === "shortlisted" ? place : `${place} · ${stageWord(question.stage_state)}`;
        const text = document.createElement("p");
        text.className = "studio-next-text";
        text.textContent = question.text || gettext("口头提问");
        item.append(text, who);
        if (take) item.append(takeButton(() => take(question.id)));
        return item;
      }),
    );
  }

  /** @param {any|null} guest of the stage message @param {any|undefined} seat the co-host who is seen */
  stage(guest, seat) {
    const on = Boolean(guest?.on) && hasFace(guest);
    this.#show("[data-guest-box]", on);
    this.#show("[data-cohost-box]", seat !== undefined);
    const others = Number(on) + Number(seat !== undefined);
    if (others) this.root.dataset.others = String(others);
    else delete this.root.dataset.others;
    if (on) this.#name("guest", [guest.name, guest.village].filter(Boolean).join(" · "), guest.present !== false);
    if (seat) this.#name("cohost", seat.name, seat.present);
  }

  /** @param {"guest"|"cohost"} which @param {string} name @param {boolean} present */
  #name(which, name, present) {
    this.#say(`[data-${which}-name]`, present ? name : fill(gettext("%(name)s：信号断了，座位还留着"), { name }));
  }

  /** @param {boolean} on whether a screen goes out in place of the face alone */
  sharing(on) {
    this.root.toggleAttribute("data-sharing-own", on);
    this.#say("[data-self-caption]", on ? gettext("您正在共享") : gettext("您自己"));
  }
}

/** @param {() => void} take */
function takeButton(take) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = gettext("回答这个");
  button.addEventListener("click", take);
  return button;
}

/**
 * Ask before something that cannot be taken back.
 * @param {{title: string, text: string, yes: string}} words
 * @returns {Promise<boolean>}
 */
function confirmBig({ title, text, yes }) {
  const dialog = need("[data-confirm]", HTMLDialogElement);
  need("[data-confirm-title]", HTMLElement, dialog).textContent = title;
  need("[data-confirm-text]", HTMLElement, dialog).textContent = text;
  const yesButton = need("[data-confirm-yes]", HTMLButtonElement, dialog);
  const noButton = need("[data-confirm-no]", HTMLButtonElement, dialog);
  yesButton.textContent = yes;
  return new Promise((resolve) => {
    let answer = false;
    yesButton.onclick = () => {
      answer = true;
      dialog.close();
    };
    noButton.onclick = () => dialog.close();
    dialog.onclose = () => resolve(answer);
    dialog.showModal();
    noButton.focus();
  });
}

/** @param {boolean} rehearsal @param {string[]} doubts what the check has found */
export function confirmStart(rehearsal, doubts) {
  const who = rehearsal ? gettext("排练只有主持人和受邀部门看得到。") : gettext("观众马上会看到您、听到您。");
  return confirmBig({
    title: rehearsal ? gettext("现在开始排练？") : gettext("现在开始直播？"),
    text: [...doubts, who].join("\n"),
    yes: rehearsal ? gettext("开始排练") : gettext("开始直播"),
  });
}

/** @param {boolean} rehearsal */
export function confirmEnd(rehearsal) {
  if (rehearsal) {
    return confirmBig({ title: gettext("结束排练？"), text: gettext("什么都不会保存。"), yes: gettext("结束排练") });
  }
  return confirmBig({
    title: gettext("结束这场直播？"),
    text: gettext("结束后不能再开始，观众会看到回放。只是离开一会儿，请用“暂停”。"),
    yes: gettext("结束直播"),
  });
}

/** The selects of the check move into a dialog while the broadcast runs. */
function startDeviceDialog() {
  const dialog = need("[data-devices-dialog]", HTMLDialogElement);
  need("[data-devices-open]", HTMLElement).addEventListener("click", () => {
    need("[data-devices-place]", HTMLElement).append(need("[data-devices]", HTMLElement));
    dialog.showModal();
  });
  need("[data-devices-close]", HTMLElement).addEventListener("click", () => dialog.close());
}
