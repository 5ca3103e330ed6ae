/** What the live page plays: told to the server, which counts viewers by it, and captions that keep up with the picture. */

// HLS without a delay is a second behind: captions may come at once.
const WORTH_WAITING = 5;

/** @typedef {import("./captions.js").Cue} Cue */

/** @param {import("./watch.js").Watcher} watcher @returns {"rtc" | "hls" | "sound" | "none"} */
export function playingLine({ state, line }) {
  if (line === "rtc") return ["good", "smaller", "weak", "sound"].includes(state) ? "rtc" : "none";
  if (line !== "hls") return "none";
  return state === "delayed" ? "hls" : state === "listening" ? "sound" : "none";
}

/** Tell what plays whenever that changes, and again after every welcome.
 * @param {import("./signal.js").Signal} signal @param {import("./watch.js").Watcher} watcher */
export function tellLine(signal, watcher) {
  let told = "none";
  const tell = () => {
    const line = playingLine(watcher);
    if (line === told || signal.state !== "open") return;
    told = line;
    signal.request("playing", { line }).catch(() => (told = "none"));
  };
  watcher.on("state", tell);
  watcher.on("line", tell);
  // The first one is held until the page listens: by then the picture may play.
  signal.on("welcome", () => {
    told = "none";
    tell();
  });
}

/** Captions as late as the picture: who is kept behind does not read before what the picture may never show.
 * @param {import("./signal.js").Signal} signal @param {import("./watch.js").Watcher} watcher
 * @param {{put: (cue: Cue) => void}} captions @param {number} delay seconds the broadcast keeps HLS viewers behind */
export function followCaptions(signal, watcher, captions, delay) {
  /** @type {{begin_ms: number, end_ms: number | null}[]} */
  let cuts = [];
  let behind = delay;
  const show = (/** @type {Cue} */ cue) => {
    if (!cuts.some((cut) => cue.begin_ms < (cut.end_ms ?? Infinity) && cue.end_ms > cut.begin_ms)) captions.put(cue);
  };
  signal.on("caption", ({ cue }) => {
    if (watcher.line === "hls" && behind >= WORTH_WAITING) setTimeout(() => show(cue), behind * 1000);
    else show(cue);
  });
  signal.on("cuts", (message) => (cuts = message.cuts));
  signal.on("session", (message) => (behind = message.delay_seconds ?? behind));
  for (const type of ["welcome", "changes"]) {
    signal.on(type, (message) => {
      behind = message.session?.delay_seconds ?? behind;
      cuts = message.cuts ?? cuts;
    });
  }
}
