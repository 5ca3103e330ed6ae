// Replaces the camera by a picture with a clock in a barcode, so that a viewer's page can say how old a frame is.
// The microphone says what a test lets it say. Runs before every page of a test's browser.
(() => {
  const BITS = 40;
  const PER_ROW = 20;

  const WIDTH = 1280;
  const HEIGHT = 720;
  const RATE = 30;

  // Planes as a camera gives them (I420): a canvas would be read back and converted, which costs more than encoding.
  const planes = new Uint8Array((WIDTH * HEIGHT * 3) / 2);
  const CHROMA = WIDTH * HEIGHT;

  /**
   * A rectangle of one colour; position and size in even pixels.
   * @param {number} x @param {number} y @param {number} width @param {number} height
   * @param {number} luma @param {number} blue @param {number} red
   */
  function fill(x, y, width, height, luma, blue, red) {
    const end = Math.min(WIDTH, x + width);
    for (let row = y; row < y + height; row += 1) planes.fill(luma, row * WIDTH + x, row * WIDTH + end);
    for (let row = y / 2; row < (y + height) / 2; row += 1) {
      const at = CHROMA + (row * WIDTH) / 2;
      planes.fill(blue, at + x / 2, at + end / 2);
      planes.fill(red, at + CHROMA / 4 + x / 2, at + CHROMA / 4 + end / 2);
    }
  }

  /** @param {number} value */
  const even = (value) => Math.floor(value / 2) * 2;

  /** @param {number} count */
  function draw(count) {
    const wave = (/** @type {number} */ step) => 128 + Math.round(60 * Math.sin((count * step) / 60));
    fill(0, 0, WIDTH, HEIGHT, 120, wave(1), wave(2));
    for (let i = 0; i < 8; i += 1) {
      const x = even((count * 5 + i * 160) % WIDTH);
      const y = even(HEIGHT / 3 + ((i * 71) % (HEIGHT / 3)));
      fill(x, y, even(WIDTH / 9), even(HEIGHT / 9), 60 + i * 20, wave(3 + i), wave(5 + i));
    }
    const cell = WIDTH / PER_ROW;
    const now = BigInt(Math.round(performance.timeOrigin + performance.now()));
    for (let bit = 0; bit < BITS; bit += 1) {
      const luma = (now >> BigInt(bit)) & 1n ? 235 : 16;
      fill((bit % PER_ROW) * cell, Math.floor(bit / PER_ROW) * cell, cell, cell, luma, 128, 128);
    }
  }

  /** @returns {MediaStreamTrack} */
  function camera() {
    const track = new MediaStreamTrackGenerator({ kind: "video" });
    const writer = track.writable.getWriter();
    let count = 0;
    const send = () => {
      draw(count++);
      const timestamp = performance.now() * 1000;
      const frame = new VideoFrame(planes, { format: "I420", codedWidth: WIDTH, codedHeight: HEIGHT, timestamp });
      writer.write(frame).catch(() => clearInterval(timer));
    };
    const timer = setInterval(send, 1000 / RATE);
    return track;
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
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    /** @param {boolean | MediaTrackConstraints | undefined} wanted */
    const picked = (wanted) => typeof wanted === "object" && "deviceId" in wanted;
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      // Who picks a device from a list gets that one: the browser's own, with a picture and a beep.
      if (picked(constraints?.video) || picked(constraints?.audio)) return real(constraints);
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
