/**
 * A screen, window or picture, shared as part of the speaker's own picture: large, with the speaker's face in its
 * corner. So every viewer, the programme and the recording have it without another stream.
 *
 * Events: "stream" (MediaStream to send from now on: the composed one, or the camera's again), "trouble" (sentence).
 */

import { Emitter } from "./emitter.js";

const WIDTH = 1280;
const HEIGHT = 720;
const FACE = { x: 16, y: 16, width: 256, height: 144 };

/** @typedef {{x: number, y: number, width: number, height: number}} Box */

/**
 * The largest box of the given proportions inside WIDTH × HEIGHT, in its middle.
 * @param {number} width @param {number} height @returns {Box}
 */
export function contained(width, height) {
  if (!width || !height) return { x: 0, y: 0, width: 0, height: 0 };
  const factor = Math.min(WIDTH / width, HEIGHT / height);
  const size = { width: Math.round(width * factor), height: Math.round(height * factor) };
  return { x: Math.round((WIDTH - size.width) / 2), y: Math.round((HEIGHT - size.height) / 2), ...size };
}

/**
 * The part of a picture of the given size that covers a box of the face's proportions.
 * @param {number} width @param {number} height @returns {Box}
 */
export function faceOf(width, height) {
  const factor = Math.min(width / FACE.width, height / FACE.height);
  const size = { width: FACE.width * factor, height: FACE.height * factor };
  return { x: (width - size.width) / 2, y: (height - size.height) / 2, ...size };
}

export class Share extends Emitter {
  /** @type {MediaStream|null} what goes out while something is shared */
  stream = null;
  #canvas = document.createElement("canvas");
  #face = silentVideo();
  #screen = silentVideo();
  /** @type {ImageBitmap|null} */
  #picture = null;
  /** @type {MediaStream|null} */
  #shown = null;
  /** @type {Worker|null} */
  #clock = null;
  /** @type {MediaStream|null} */
  #camera = null;

  /** Whether the browser can show a screen at all: tablets and telephones mostly cannot. */
  static get hasScreens() {
    return typeof navigator.mediaDevices?.getDisplayMedia === "function";
  }

  /** @param {MediaStream} camera whose face and voice go along */
  async screen(camera) {
    let shown;
    try {
      shown = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 15, max: 30 } }, audio: false });
    } catch (error) {
      // Closing the browser's own dialog is no trouble.
      if (error instanceof DOMException && error.name === "NotAllowedError") return;
      this.emit("trouble", gettext("这个浏览器不能共享屏幕。可以改为共享一张图片。"));
      return;
    }
    this.#clear();
    this.#shown = shown;
    this.#screen.srcObject = shown;
    await this.#screen.play().catch(() => undefined);
    // The browser's own "stop sharing".
    shown.getVideoTracks()[0]?.addEventListener("ended", () => this.#shown === shown && this.stop());
    this.#begin(camera);
  }

  /** @param {MediaStream} camera @param {Blob} file */
  async picture(camera, file) {
    let picture;
    try {
      picture = await createImageBitmap(file);
    } catch {
      this.emit("trouble", gettext("这个文件不是图片，换一张试试。"));
      return;
    }
    this.#clear();
    this.#picture = picture;
    this.#begin(camera);
  }

  /** Another camera is in use; what is shared goes on. @param {MediaStream} camera */
  follow(camera) {
    if (!this.stream) return;
    this.#begin(camera);
  }

  stop() {
    if (!this.stream) return;
    for (const track of this.stream.getVideoTracks()) track.stop();
    this.#clear();
    this.#clock?.terminate();
    this.#clock = null;
    this.stream = null;
    this.#face.srcObject = null;
    if (this.#camera) this.emit("stream", this.#camera);
  }

  #clear() {
    for (const track of this.#shown?.getTracks() ?? []) track.stop();
    this.#shown = null;
    this.#screen.srcObject = null;
    this.#picture?.close();
    this.#picture = null;
  }

  /** @param {MediaStream} camera */
  #begin(camera) {
    this.#camera = camera;
    this.#face.srcObject = camera;
    this.#face.play().catch(() => undefined);
    this.#canvas.width = WIDTH;
    this.#canvas.height = HEIGHT;
    this.#draw();
    const video = this.stream?.getVideoTracks() ?? this.#canvas.captureStream().getVideoTracks();
    for (const track of video) track.contentHint = "detail";
    this.stream = new MediaStream([...video, ...camera.getAudioTracks()]);
    if (!this.#clock) {
      this.#clock = new Worker(new URL("./share-clock.js", import.meta.url));
      this.#clock.onmessage = () => this.#draw();
    }
    this.emit("stream", this.stream);
  }

  #draw() {
    const context = this.#canvas.getContext("2d", { alpha: false });
    if (!context) return;
    context.fillStyle = "#0d1110";
    context.fillRect(0, 0, WIDTH, HEIGHT);
    const source = this.#picture ?? this.#screen;
    const [width, height] = this.#picture ? [this.#picture.width, this.#picture.height] : [this.#screen.videoWidth, this.#screen.videoHeight];
    const box = contained(width, height);
    if (box.width) context.drawImage(source, box.x, box.y, box.width, box.height);
    if (!this.#face.videoWidth) return;
    const part = faceOf(this.#face.videoWidth, this.#face.videoHeight);
    context.fillStyle = "#fff";
    context.fillRect(FACE.x - 2, FACE.y - 2, FACE.width + 4, FACE.height + 4);
    context.drawImage(this.#face, part.x, part.y, part.width, part.height, FACE.x, FACE.y, FACE.width, FACE.height);
  }
}

function silentVideo() {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  return video;
}
