/** Captions on the replay's picture: shown or not, and as large, as was last chosen. */

import { offerCaptionSize } from "./caption-size.js";

/** hls.js would make a track with a data: address, which the Content-Security-Policy forbids: its words go into a track
 * of ours. A player without hls.js (an iPhone's) brings the track of the list itself.
 * @param {HTMLVideoElement} video @param {import("./watch-hls.js").HlsLine} line @param {Element | null} button
 * @param {Pick<Storage, "getItem" | "setItem">} store */
export function captionsOnPicture(video, line, button, store) {
  /** @type {TextTrack | undefined} */
  let own;
  let wanted = true;
  const tracks = video.textTracks;
  const apply = () => {
    for (const track of tracks) track.mode = wanted ? "showing" : "hidden";
  };
  const choose = offerCaptionSize(button, store, (shown) => {
    wanted = shown;
    apply();
  });
  line.on("cues", (/** @type {VTTCue[]} */ cues) => {
    if (!own) {
      own = video.addTextTrack("captions", gettext("字幕"), "zh");
      // Not with every piece: between the browser's own switch and its event it would be put back.
      apply();
    }
    for (const cue of cues) if (!own.cues?.getCueById(cue.id)) own.addCue(cue);
  });
  tracks.addEventListener("addtrack", apply);
  // The browser's own controls have a switch for captions too.
  tracks.addEventListener("change", () => {
    const shown = [...tracks].some((track) => track.mode === "showing");
    if (tracks.length && shown !== wanted) choose(shown);
  });
}
