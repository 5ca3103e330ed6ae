// The check before the broadcast: picture, light, sound and the way to the server, measured with the leader's own picture.

import { lightHint, lightOf, networkHint, pictureHint, soundHint } from "./studio-hints.js";

/** @typedef {import("./studio-hints.js").Hint} Hint */

/**
 * The four hints of this moment.
 * @param {import("./own-camera.js").OwnCamera} camera
 * @param {HTMLVideoElement} self
 * @param {import("./studio-hints.js").Line & {media: string}} line
 * @returns {Record<"picture"|"light"|"sound"|"network", Hint>}
 */
export function checkHints(camera, self, line) {
  const size = self.videoWidth ? { width: self.videoWidth, height: self.videoHeight } : null;
  return {
    picture: pictureHint(size),
    light: lightHint(lightIn(self)),
    sound: soundHint({ track: camera.hasSound, loudest: camera.loudest() }),
    network: networkHint(line),
  };
}

/**
 * What is not as it should be, for the last question before going live.
 * @param {Record<string, Hint>} hints
 */
export function doubts(hints) {
  return Object.values(hints)
    .filter((hint) => hint.level === "bad" || hint.level === "warn")
    .map((hint) => hint.words);
}

/** @type {HTMLCanvasElement|undefined} */
let canvas;

/**
 * Brightness of the picture, null without one.
 * @param {HTMLVideoElement} video
 */
function lightIn(video) {
  if (!video.videoWidth) return null;
  canvas ??= document.createElement("canvas");
  canvas.width = 32;
  canvas.height = 18;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  context.drawImage(video, 0, 0, 32, 18);
  return lightOf(context.getImageData(0, 0, 32, 18).data, 32);
}
