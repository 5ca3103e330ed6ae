/** How loud a stream is, for the meter beside a self view. */

export class LevelMeter {
  #context = new AudioContext();
  #analyser = this.#context.createAnalyser();
  #samples = new Float32Array(1024);

  /** @param {MediaStream} stream */
  constructor(stream) {
    this.#analyser.fftSize = this.#samples.length;
    if (stream.getAudioTracks().length) this.#context.createMediaStreamSource(stream).connect(this.#analyser);
    // Contexts made before the first tap start asleep.
    this.#context.resume().catch(() => undefined);
  }

  /** 0 (silence, −60 dB and less) … 1 (full). */
  level() {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length;
    const decibels = 10 * Math.log10(power + 1e-9);
    return Math.min(1, Math.max(0, 1 + decibels / 60));
  }

  /** Write the level into a <meter> ten times a second; the answer stops it.
   * @param {HTMLMeterElement} meter @returns {() => void} */
  drive(meter) {
    const timer = setInterval(() => {
      meter.value = this.level();
    }, 100);
    return () => clearInterval(timer);
  }

  close() {
    this.#context.close().catch(() => undefined);
  }
}
