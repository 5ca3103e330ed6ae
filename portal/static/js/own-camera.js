// The camera and microphone of whoever speaks: opened, chosen by name, measured, opened again when a cable is pulled.

import { closeCamera, devices, openCamera } from "./camera.js";
import { need } from "./dom.js";
import { Emitter } from "./emitter.js";
import { LevelMeter } from "./level.js";
import { MuteSwitch } from "./mute.js";
import { DeviceMemory, chooseDevice } from "./device-memory.js";

const LOUDEST_OF = 30; // tenths of a second

/** Events: "stream" (MediaStream) whenever another one is in use, "trouble" (sentence), "list" (devices changed). */
export class OwnCamera extends Emitter {
  /** @type {MediaStream|null} */
  stream = null;
  /** @type {LevelMeter|null} */
  #meter = null;
  /** @type {number[]} */
  #levels = [];
  #memory = new DeviceMemory(localStorage);
  #opening = false;
  mute = new MuteSwitch(need("[data-mute]", HTMLButtonElement));

  constructor() {
    super();
    navigator.mediaDevices?.addEventListener("devicechange", () => this.emit("list"));
  }

  /** Open what was used last time, or what the browser offers. */
  async open() {
    const remembered = this.#memory.read();
    const known = navigator.mediaDevices ? await devices() : { cameras: [], microphones: [] };
    await this.use({
      camera: remembered.videoinput && chooseDevice(known.cameras, remembered.videoinput)?.deviceId,
      microphone: remembered.audioinput && chooseDevice(known.microphones, remembered.audioinput)?.deviceId,
    });
  }

  /**
   * @param {{camera?: string, microphone?: string}} chosen
   */
  async use(chosen) {
    if (this.#opening) return;
    this.#opening = true;
    try {
      const stream = await this.#openOrDefault(chosen);
      closeCamera(this.stream);
      this.stream = stream;
      this.#listen(stream);
      await this.#remember();
      this.emit("stream", stream);
      this.emit("list");
    } catch (error) {
      this.emit("trouble", error instanceof Error ? error.message : String(error));
    } finally {
      this.#opening = false;
    }
  }

  /**
   * A remembered device may be gone: then any device is better than none.
   * @param {{camera?: string, microphone?: string}} chosen
   */
  async #openOrDefault(chosen) {
    try {
      return await openCamera(chosen);
    } catch (error) {
      const cause = error instanceof Error ? error.cause : null;
      const gone = cause instanceof DOMException && ["OverconstrainedError", "NotFoundError"].includes(cause.name);
      if (!gone || !(chosen.camera || chosen.microphone)) throw error;
      return openCamera();
    }
  }

  /** @param {MediaStream} stream */
  #listen(stream) {
    this.#meter?.close();
    this.#meter = new LevelMeter(stream);
    this.#levels = [];
    for (const track of stream.getTracks()) {
      // "ended" comes only from outside: a cable pulled, a permission taken away.
      track.addEventListener("ended", () => {
        if (stream !== this.stream) return;
        this.emit("trouble", track.kind === "video" ? gettext("摄像头断开了，正在换用其他设备。") : gettext("麦克风断开了，正在换用其他设备。"));
        void this.use({});
      });
    }
  }

  async #remember() {
    const known = await devices();
    for (const track of this.stream?.getTracks() ?? []) {
      const id = track.getSettings().deviceId;
      const device = [...known.cameras, ...known.microphones].find((each) => each.deviceId === id && each.label === track.label);
      if (device) this.#memory.remember(device);
    }
  }

  /** Level now, 0…1. */
  level() {
    const level = this.#meter?.level() ?? 0;
    this.#levels = [...this.#levels, level].slice(-LOUDEST_OF);
    return level;
  }

  /** The loudest level of the last seconds, 0…1. */
  loudest() {
    return Math.max(0, ...this.#levels);
  }

  get hasSound() {
    return (this.stream?.getAudioTracks() ?? []).some((track) => track.readyState === "live");
  }

  /** @param {boolean} heard while paused nothing leaves the microphone */
  hear(heard) {
    this.mute.follow(this.stream, heard);
  }

  close() {
    closeCamera(this.stream);
    this.stream = null;
    this.#meter?.close();
    this.#meter = null;
  }
}

/**
 * The two selects by which another camera or microphone is taken.
 * @param {OwnCamera} camera
 */
export function startDeviceChoice(camera) {
  const both = need("[data-devices]", HTMLElement);
  const cameras = need("[data-camera]", HTMLSelectElement, both);
  const microphones = need("[data-microphone]", HTMLSelectElement, both);
  camera.on("list", async () => {
    if (!navigator.mediaDevices) return;
    const known = await devices();
    fillDevices(cameras, known.cameras, camera.stream?.getVideoTracks()[0]);
    fillDevices(microphones, known.microphones, camera.stream?.getAudioTracks()[0]);
  });
  both.addEventListener("change", () => void camera.use({ camera: cameras.value, microphone: microphones.value }));
}

/**
 * Put the devices of one kind into a select, the one in use chosen.
 * @param {HTMLSelectElement} select
 * @param {MediaDeviceInfo[]} list
 * @param {MediaStreamTrack|undefined} track
 */
function fillDevices(select, list, track) {
  const current = track?.getSettings().deviceId ?? "";
  select.replaceChildren(
    ...list.map((device, at) => {
      const name = device.label || interpolate(gettext("设备 %s"), [at + 1]);
      return new Option(name, device.deviceId, false, device.deviceId === current);
    }),
  );
  select.disabled = list.length === 0;
}
