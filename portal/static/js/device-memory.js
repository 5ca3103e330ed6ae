// Which camera and microphone: remembered by name as well as by id, because browsers give new ids after clearing data.

/** @typedef {{deviceId: string, label: string, kind: string}} Device */
/** @typedef {{id: string, label: string}} Remembered */

const STORED = "studio.devices";

/**
 * The device to use: the remembered one by id, else by name, else the first.
 * @template {Device} T
 * @param {T[]} devices all of one kind
 * @param {Remembered|undefined} remembered
 * @returns {T|null}
 */
export function chooseDevice(devices, remembered) {
  return (
    devices.find((device) => remembered && device.deviceId === remembered.id) ??
    devices.find((device) => remembered && remembered.label && device.label === remembered.label) ??
    devices[0] ??
    null
  );
}

export class DeviceMemory {
  /** @param {Pick<Storage, "getItem"|"setItem">} storage */
  constructor(storage) {
    this.storage = storage;
  }

  /** @returns {Partial<Record<string, Remembered>>} by kind: videoinput, audioinput */
  read() {
    try {
      const found = JSON.parse(this.storage.getItem(STORED) ?? "{}");
      return found && typeof found === "object" ? found : {};
    } catch {
      return {};
    }
  }

  /** @param {Device} device */
  remember(device) {
    const all = { ...this.read(), [device.kind]: { id: device.deviceId, label: device.label } };
    try {
      this.storage.setItem(STORED, JSON.stringify(all));
    } catch {
      // A full or refused storage costs only the memory.
    }
  }
}
