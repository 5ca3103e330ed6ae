/** The sizes in which a camera is sent, so that the server can choose one per viewer. Pure. */

/** Picture rates in bits a second and how much smaller each size is; best first, as the server takes them. */
const SIZES = [
  { rid: "h", scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
  { rid: "m", scaleResolutionDownBy: 2, maxBitrate: 450_000 },
  { rid: "l", scaleResolutionDownBy: 4, maxBitrate: 130_000 },
];
// Below this many lines there is nothing worth making smaller twice.
const LEAST_LINES = 360;

/** What to send of a picture with `height` lines (of the camera's shorter side), 0 when it is not known.
 * @param {number} height @param {number} [frameRate] @returns {RTCRtpEncodingParameters[]} */
export function encodings(height, frameRate = 30) {
  if (height && height < LEAST_LINES) return [{ maxBitrate: 450_000, maxFramerate: frameRate }];
  return SIZES.map((size) => ({ ...size, maxFramerate: frameRate }));
}
