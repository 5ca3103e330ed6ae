/** The live page's socket and picture, begun as soon as this runs. What the socket announces is held for live.js. */

import { need, shelf } from "./dom.js";
import { Signal, signalUrl } from "./signal.js";
import { Watcher } from "./watch.js";

const root = need("[data-live]", HTMLElement);
const { session = "", state = "", hls = "", library = "" } = root.dataset;

export const store = shelf();
export const signal = new Signal(signalUrl(session), "viewer");
export const watcher = new Watcher(
  signal,
  { main: need("[data-main]", HTMLVideoElement), guest: need("[data-guest]", HTMLVideoElement), cohost: need("[data-cohost]", HTMLVideoElement) },
  { hls, library },
);

watcher.soundOnly = store.getItem("listen") === "1";
signal.hold();
signal.connect();
// Before the broadcast nobody takes a viewer's place; paused, the place is kept.
if (state === "live" || state === "paused") watcher.start();
