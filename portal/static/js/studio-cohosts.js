// Departments: who is invited, who waits beside the stage, who is on it; inviting one more.

import { need, post, toast } from "./dom.js";

/** @typedef {{id: number, name: string, unit: string, link: string, taken: boolean}} Invited */
/** @typedef {{invitation: number, name: string, on: boolean, present: boolean}} Seat */

/** @param {Seat|undefined} seat */
export function seatWords(seat) {
  if (!seat) return gettext("还没打开链接");
  if (seat.on) return seat.present ? gettext("在台上") : gettext("在台上，信号断了");
  return seat.present ? gettext("在台下等候") : gettext("离开了座位");
}

/**
 * Who holds the seat comes on stage, or leaves it.
 * @param {Seat} seat
 * @param {import("./signal.js").Signal} signal
 * @param {(error: unknown) => void} refused
 */
export function seatButton(seat, signal, refused) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = seat.on ? "button" : "button button-primary";
  button.textContent = seat.on ? gettext("请下台") : gettext("请上台");
  button.disabled = !seat.on && !seat.present;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await signal.request("cohost", seat.on ? {} : { invitation: seat.invitation });
    } catch (error) {
      button.disabled = false;
      refused(error);
    }
  });
  return button;
}

export class Cohosts {
  /** @type {Map<number, Invited>} */
  #invited;
  /** @type {Seat[]} */
  #seats = [];
  #live = false;

  /**
   * @param {import("./signal.js").Signal} signal
   * @param {import("./studio-panel.js").Panel} panel
   * @param {{units: {id: number, name: string}[], invitations: Invited[]}} desk
   * @param {string} url of the invitations
   */
  constructor(signal, panel, desk, url) {
    this.signal = signal;
    this.panel = panel;
    this.url = url;
    this.#invited = new Map(desk.invitations.map((row) => [row.id, row]));
    need("#invite-unit", HTMLSelectElement).replaceChildren(...desk.units.map(({ id, name }) => new Option(name, String(id))));
    const form = need("[data-invite]", HTMLFormElement);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#invite(form);
    });
    this.#draw();
  }

  /** @param {Seat[]} seats of the stage message @param {boolean} live whether somebody can be put on stage */
  show(seats, live) {
    this.#seats = seats;
    this.#live = live;
    this.#draw();
  }

  /** @param {HTMLFormElement} form what was typed stays until it is accepted */
  async #invite(form) {
    const trouble = need("[data-invite-trouble]", HTMLElement);
    trouble.hidden = true;
    try {
      const data = new FormData(form);
      const row = await post(this.url, { unit: String(data.get("unit")), name: String(data.get("name")) });
      this.#invited.set(row.id, row);
      need("#invite-name", HTMLInputElement).value = "";
      this.#draw();
      await this.#copy(row);
    } catch (error) {
      trouble.textContent = error instanceof Error ? error.message : String(error);
      trouble.hidden = false;
    }
  }

  /** @param {Invited} row */
  async #copy(row) {
    try {
      await navigator.clipboard.writeText(row.link);
      toast(gettext("链接已复制，发给对方就行。"));
    } catch {
      // Without permission it is shown to be copied by hand.
      toast(row.link, 20);
    }
  }

  #draw() {
    this.panel.count("cohosts", this.#seats.filter((seat) => seat.present).length);
    need("[data-cohosts-empty]", HTMLElement).hidden = this.#invited.size + this.#seats.length > 0;
    const ids = new Set([...this.#invited.keys(), ...this.#seats.map((seat) => seat.invitation)]);
    need("[data-cohosts]", HTMLElement).replaceChildren(...[...ids].map((id) => this.#row(id)));
  }

  /** @param {number} id */
  #row(id) {
    const seat = this.#seats.find((each) => each.invitation === id);
    const invited = this.#invited.get(id);
    const item = document.createElement("li");
    const name = document.createElement("p");
    name.textContent = seat?.name ?? invited?.name ?? "";
    const state = document.createElement("p");
    state.dataset.level = seat?.on ? (seat.present ? "good" : "bad") : seat?.present ? "warn" : "wait";
    state.textContent = seatWords(seat);
    item.append(name, state);
    if (seat && this.#live) item.append(seatButton(seat, this.signal, (error) => toast(error instanceof Error ? error.message : String(error), 8)));
    if (invited && !seat) {
      const copy = document.createElement("button");
      copy.type = "button";
      copy.className = "button";
      copy.textContent = gettext("复制链接");
      copy.addEventListener("click", () => void this.#copy(invited));
      item.append(copy);
    }
    return item;
  }
}
