/**
 * Sends one camera and microphone to the media process; used by the studio (role leader) and the stage (role guest).
 *
 *   const publisher = new Publisher(signal, stream);
 *   publisher.on("state", (state) => …);  // see PublisherState
 *   await publisher.start();              // resolves with the first attempt; later troubles are mended by itself
 *   publisher.replace(newStream);         // another camera, no renegotiation
 *   publisher.stop();
 *
 * It tries for ever: the seat is kept by the server, so a reload or half a minute without network returns to it.
 */

import { Retry } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { iceServers } from "./ice-servers.js";
import { SignalError } from "./signal.js";
import { encodings } from "./simulcast.js";

const CONNECT_WITHIN = 8_000;
const DISCONNECTED_FOR = 1_500;
const RESTART_WITHIN = 5_000;
// Answers after which another attempt cannot help.
const FINAL = ["not_allowed", "not_found", "replaced"];

/** @typedef {"idle" | "connecting" | "on" | "reconnecting" | "refused" | "replaced" | "stopped"} PublisherState */
/** @typedef {import("./signal.js").Signal} Signal */

/** Constrained baseline with its retransmission first; browsers without H.264 send VP8. rtx must stay in the list,
 * otherwise lost packets are not sent again.
 * @param {RTCRtpCodec[]} codecs @returns {RTCRtpCodec[]} */
export function preferredCodecs(codecs) {
  const baseline = codecs.filter(
    ({ mimeType, sdpFmtpLine = "" }) =>
      mimeType === "video/H264" && /profile-level-id=42e0/i.test(sdpFmtpLine) && /packetization-mode=1/.test(sdpFmtpLine),
  );
  const first = baseline.length ? baseline : codecs.filter(({ mimeType }) => mimeType === "video/VP8");
  return first.length ? [...first, ...codecs.filter(({ mimeType }) => mimeType === "video/rtx")] : [];
}

export class Publisher extends Emitter {
  /** @type {PublisherState} */
  state = "idle";
  /** @type {RTCPeerConnection | null} */
  #connection = null;
  #peer = "";
  #retry = new Retry({ most: 5_000 });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watchdog;
  #restarting = false;
  /** @type {(() => void)[]} */
  #ears = [];
  #wake = () => this.#awake();

  /** @param {Signal} signal @param {MediaStream} stream */
  constructor(signal, stream) {
    super();
    this.signal = signal;
    this.stream = stream;
  }

  /** The connection in use, for statistics; null between attempts. */
  get connection() {
    return this.#connection;
  }

  async start() {
    if (!["idle", "stopped", "replaced", "refused"].includes(this.state)) return;
    this.#become("connecting");
    addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
    this.#ears = [
      this.signal.on("welcome", () => this.#retry.hurry()),
      this.signal.on("replaced", ({ peer }) => peer === this.#peer && this.#finish("replaced")),
      this.signal.on("media_moved", () => this.#again()),
    ];
    await this.#attempt();
  }

  /** Leave; the seat is given back. */
  stop() {
    if (this.#peer && this.signal.state === "open") {
      this.signal.request("leave", { peer: this.#peer }).catch(() => undefined);
    }
    this.#finish("stopped");
  }

  /** Send another camera or microphone on the same connection.
   * @param {MediaStream} stream */
  async replace(stream) {
    this.stream = stream;
    const senders = this.#connection?.getTransceivers().map((transceiver) => transceiver.sender) ?? [];
    const [audio, video] = senders;
    await audio?.replaceTrack(stream.getAudioTracks()[0] ?? null);
    await video?.replaceTrack(stream.getVideoTracks()[0] ?? null);
  }

  /** @param {PublisherState} state */
  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.emit("state", state);
  }

  /** @param {PublisherState} state */
  #finish(state) {
    removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
    for (const deaf of this.#ears) deaf();
    this.#ears = [];
    this.#retry.cancel();
    this.#drop();
    this.#become(state);
  }

  /** The network is back, or somebody looks at the page again: no pause is worth keeping. */
  #awake() {
    if (document.visibilityState !== "visible") return;
    this.#retry.hurry();
    const connection = this.#connection;
    if (connection?.connectionState === "disconnected") this.#restart(connection);
  }

  #drop() {
    clearTimeout(this.#watchdog);
    this.#restarting = false;
    this.#peer = "";
    const connection = this.#connection;
    this.#connection = null;
    if (connection) {
      connection.onconnectionstatechange = null;
      connection.close();
    }
  }

  async #attempt() {
    this.#drop();
    const connection = this.#build();
    this.#connection = connection;
    try {
      await connection.setLocalDescription(await connection.createOffer());
      const answer = await this.signal.request("publish", { sdp: connection.localDescription?.sdp });
      if (this.#connection !== connection) return;
      this.#peer = answer.peer;
      await connection.setRemoteDescription({ type: "answer", sdp: answer.sdp });
      this.#watch(CONNECT_WITHIN, () => this.#again());
    } catch (error) {
      if (this.#connection !== connection) return;
      if (error instanceof SignalError && FINAL.includes(error.code)) {
        this.emit("refused", error);
        this.#finish("refused");
      } else this.#again(error);
    }
  }

  /** Sound first: Firefox never starts when the first section is rejected. */
  #build() {
    const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers: iceServers(this.signal.welcome?.media) });
    connection.addTransceiver(this.stream.getAudioTracks()[0] ?? "audio", { direction: "sendonly" });
    const picture = this.stream.getVideoTracks()[0];
    const { width = 0, height = 0, frameRate = 30 } = picture?.getSettings() ?? {};
    const sendEncodings = encodings(Math.min(width, height), Math.min(30, frameRate));
    const video = connection.addTransceiver(picture ?? "video", { direction: "sendonly", sendEncodings });
    const codecs = preferredCodecs(RTCRtpSender.getCapabilities("video")?.codecs ?? []);
    if (codecs.length && video.setCodecPreferences) video.setCodecPreferences(codecs);
    keepResolution(video.sender);
    connection.onconnectionstatechange = () => this.#changed(connection);
    return connection;
  }

  /** @param {RTCPeerConnection} connection */
  #changed(connection) {
    if (connection !== this.#connection) return;
    const { connectionState } = connection;
    if (connectionState === "connected") {
      clearTimeout(this.#watchdog);
      this.#restarting = false;
      this.#retry.succeeded();
      this.#become("on");
    } else if (connectionState === "disconnected") {
      this.#become("reconnecting");
      this.#watch(DISCONNECTED_FOR, () => this.#restart(connection));
    } else if (connectionState === "failed" || connectionState === "closed") this.#again();
  }

  /** New ICE credentials on the same keys: the quickest way back after a change of network.
   * @param {RTCPeerConnection} connection */
  async #restart(connection) {
    if (this.#restarting || connection !== this.#connection) return;
    this.#restarting = true;
    this.#watch(RESTART_WITHIN, () => this.#again());
    try {
      connection.restartIce();
      await connection.setLocalDescription(await connection.createOffer());
      const answer = await this.signal.request("restart", { peer: this.#peer, sdp: connection.localDescription?.sdp }, { seconds: 4 });
      if (connection === this.#connection) await connection.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    } catch (error) {
      if (connection === this.#connection) this.#again(error);
    }
  }

  /** @param {unknown} [why] */
  #again(why) {
    if (why) this.emit("trouble", why);
    this.#drop();
    this.#become("reconnecting");
    this.#retry.later(() => this.#attempt());
  }

  /** @param {number} wait @param {() => void} work */
  #watch(wait, work) {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(work, wait);
  }
}

/** A face that stays sharp and slows down is better than one that shrinks: every change of size starts a new recording part.
 * @param {RTCRtpSender} sender */
async function keepResolution(sender) {
  try {
    const parameters = /** @type {any} */ (sender.getParameters());
    parameters.degradationPreference = "maintain-resolution";
    await sender.setParameters(parameters);
  } catch {
    // Not every browser knows the wish; the server handles a new size.
  }
}
