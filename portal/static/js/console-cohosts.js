// Departments that were invited and have taken their seat: who waits, who is on stage, and the way there and back.

import { need } from "./dom.js";
import { seatButton, seatWords } from "./studio-cohosts.js";

/** @typedef {import("./studio-cohosts.js").Seat} Seat */

export class Seats {
  /** @param {import("./signal.js").Signal} signal @param {(error: unknown) => void} refused */
  constructor(signal, refused) {
    this.signal = signal;
    this.refused = refused;
    this.place = need("[data-stage-cohost]", HTMLElement);
    /** What is drawn: the same again must not take the focus from a button. */
    this.drawn = "";
  }

  /** @param {Seat[]} seats of the stage message @param {string} state of the session */
  show(seats, state) {
    const live = state === "live" || state === "paused";
    const said = JSON.stringify([seats, live]);
    if (said === this.drawn) return;
    this.drawn = said;
    need("[data-stage-seats]", HTMLElement, this.place).replaceChildren(...seats.map((seat) => this.#row(seat, live)));
  }

  /** @param {Seat} seat @param {boolean} live */
  #row(seat, live) {
    const item = document.createElement("li");
    const [name, word] = [document.createElement("span"), document.createElement("span")];
    name.textContent = seat.name;
    word.textContent = seatWords(seat);
    word.dataset.level = seat.on ? (seat.present ? "good" : "bad") : seat.present ? "warn" : "wait";
    item.append(name, word);
    if (live) {
      const button = seatButton(seat, this.signal, this.refused);
      button.classList.add("button-small");
      button.setAttribute("aria-label", interpolate(gettext("%(words)s：%(name)s"), { words: button.textContent, name: seat.name }, true));
      item.append(button);
    }
    return item;
  }
}
