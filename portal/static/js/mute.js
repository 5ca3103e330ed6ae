// One's own microphone: closed and opened with one tap, and after a reload or a break as it was.

export class MuteSwitch {
  /** @type {MediaStream|null} */
  #stream = null;
  #heard = true;
  #key = `muted ${location.pathname}`;

  /** @param {HTMLButtonElement} button */
  constructor(button) {
    this.button = button;
    button.addEventListener("click", () => this.mute(!this.muted));
    this.#draw();
  }

  get muted() {
    return sessionStorage.getItem(this.#key) === "1";
  }

  /** @param {boolean} muted */
  mute(muted) {
    if (muted) sessionStorage.setItem(this.#key, "1");
    else sessionStorage.removeItem(this.#key);
    this.#draw();
  }

  /**
   * What is sent from now on.
   * @param {MediaStream|null} stream
   * @param {boolean} [heard] false: nothing leaves the microphone whatever the switch says
   */
  follow(stream, heard = true) {
    this.#stream = stream;
    this.#heard = heard;
    this.#draw();
  }

  #draw() {
    const { muted } = this;
    for (const track of this.#stream?.getAudioTracks() ?? []) track.enabled = this.#heard && !muted;
    this.button.textContent = muted ? gettext("麦克风已关，点一下打开") : gettext("关麦克风");
    this.button.classList.toggle("button-danger", muted);
  }
}
