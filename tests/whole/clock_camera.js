// Replaces the camera by a picture with a clock in a barcode, so that a viewer's page can say how old a frame is.
// The microphone says what a test lets it say. Runs before every page of a test's browser.
(() => {
  const BITS = 40;
  const PER_ROW = 20;

  /** @param {CanvasRenderingContext2D} pen @param {number} width @param {number} count */
  function draw(pen, width, count) {
    const height = pen.canvas.height;
    pen.fillStyle = `hsl(${count % 360} 45% 45%)`;
    pen.fillRect(0, 0, width, height);
    for (let i = 0; i < 8; i += 1) {
      pen.fillStyle = `hsl(${(count * 3 + i * 45) % 360} 70% 40%)`;
      pen.fillRect((count * 5 + i * 160) % width, height / 3 + ((i * 71) % (height / 3)), width / 9, height / 9);
    }
    const cell = Math.floor(width / PER_ROW);
    const now = BigInt(Math.round(performance.timeOrigin + performance.now()));
    for (let bit = 0; bit < BITS; bit += 1) {
      pen.fillStyle = (now >> BigInt(bit)) & 1n ? "#fff" : "#000";
      pen.fillRect((bit % PER_ROW) * cell, Math.floor(bit / PER_ROW) * cell, cell, cell);
    }
  }

  /** @returns {MediaStreamTrack} */
  function camera() {
    const canvas = document.createElement("canvas");
    canvas.width = 1280;
    canvas.height = 720;
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
    let count = 0;
    setInterval(() => draw(pen, canvas.width, count++), 1000 / 30);
    return canvas.captureStream(30).getVideoTracks()[0];
  }

  /** @type {{context: AudioContext, out: MediaStreamAudioDestinationNode} | null} */
  let mouth = null;

  function microphone() {
    if (mouth === null) {
      const context = new AudioContext({ sampleRate: 48000 });
      mouth = { context, out: context.createMediaStreamDestination() };
    }
    return mouth.out.stream.getAudioTracks()[0].clone();
  }

  /**
   * Speaks a WAV file (base64) into every microphone of this page; gives the wall-clock ms at which it begins.
   * @param {string} wav @param {boolean} again
   */
  async function say(wav, again = false) {
    microphone();
    const { context, out } = /** @type {NonNullable<typeof mouth>} */ (mouth);
    await context.resume();
    const bytes = Uint8Array.from(atob(wav), (letter) => letter.charCodeAt(0));
    const source = context.createBufferSource();
    source.buffer = await context.decodeAudioData(bytes.buffer);
    source.loop = again;
    source.connect(out);
    source.start();
    return Date.now();
  }

  if (navigator.mediaDevices) {
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const tracks = constraints?.video ? [camera()] : [];
      if (constraints?.audio) tracks.push(microphone());
      return new MediaStream(tracks);
    };
  }

  // When the first frame of any video element of this page was presented, in ms after the navigation began.
  const seen = { firstFrame: /** @type {number | null} */ (null) };
  const watched = new WeakSet();
  const look = () => {
    for (const video of document.querySelectorAll("video")) {
      if (watched.has(video)) continue;
      watched.add(video);
      video.requestVideoFrameCallback(() => {
        seen.firstFrame ??= performance.now();
      });
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });

  /**
   * Age of the frame that a video element shows, in ms; null when there is no readable barcode.
   * @param {HTMLVideoElement} video
   */
  function age(video) {
    const width = video.videoWidth;
    if (!width) return null;
    const cell = Math.floor(width / PER_ROW);
    const canvas = new OffscreenCanvas(width, cell * 2);
    const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
    pen.drawImage(video, 0, 0, width, cell * 2, 0, 0, width, cell * 2);
    const pixels = pen.getImageData(0, 0, width, cell * 2).data;
    let value = 0n;
    for (let bit = 0; bit < BITS; bit += 1) {
      const x = (bit % PER_ROW) * cell + (cell >> 1);
      const y = Math.floor(bit / PER_ROW) * cell + (cell >> 1);
      if (pixels[(y * width + x) * 4] > 127) value |= 1n << BigInt(bit);
    }
    const now = performance.timeOrigin + performance.now();
    const whole = BigInt(Math.round(now));
    const difference = now - Number(((whole >> 40n) << 40n) | value);
    return Math.abs(difference) < 120_000 ? difference : null;
  }

  /** Ages of every presented frame for `seconds`. @param {HTMLVideoElement} video @param {number} seconds */
  function ages(video, seconds) {
    return new Promise((resolve) => {
      /** @type {number[]} */
      const found = [];
      const until = performance.now() + seconds * 1000;
      const step = () => {
        const one = age(video);
        if (one !== null) found.push(one);
        if (performance.now() < until) video.requestVideoFrameCallback(step);
        else resolve(found);
      };
      video.requestVideoFrameCallback(step);
      setTimeout(() => resolve(found), seconds * 1000 + 2000);
    });
  }

  /** Loudness of what a media element plays (root mean square, 0..1) over `seconds`. */
  async function loudness(/** @type {HTMLMediaElement} */ element, /** @type {number} */ seconds) {
    const stream = /** @type {MediaStream | null} */ (element.srcObject) ?? /** @type {any} */ (element).captureStream();
    const audio = new AudioContext();
    const meter = audio.createAnalyser();
    audio.createMediaStreamSource(stream).connect(meter);
    const samples = new Float32Array(meter.fftSize);
    let loudest = 0;
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) {
      meter.getFloatTimeDomainData(samples);
      loudest = Math.max(loudest, Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await audio.close();
    return loudest;
  }

  Object.assign(window, { testClock: { age, ages, loudness, say, seen } });
})();
