// Which camera and microphone: remembered by name as well as by id, because browsers give new ids after clearing data.

/** @typedef {{deviceId: string, label: string, kind: string}} Device */
/** @typedef {{id: string, label: string}} Remembered */

const STORED = "studio.devices";

/**
 * The device to use: the remembered one by id, else by name, else the first.
 * @param {Device[]} devices
 * @param {"videoinput"|"audioinput"} kind
 * @param {Remembered|undefined} remembered
 * @returns {Device|null}
 */
export function chooseDevice(devices, kind, remembered) {
  const fitting = devices.filter((device) => device.kind === kind);
  return (
    fitting.find((device) => remembered && device.deviceId === remembered.id) ??
    fitting.find((device) => remembered && remembered.label && device.label === remembered.label) ??
    fitting[0] ??
    null
  );
}

/**
 * @param {string} camera     device id, "" for the browser's choice
 * @param {string} microphone device id, "" for the browser's choice
 * @returns {MediaStreamConstraints}
 */
export function constraints(camera, microphone) {
  return {
    video: {
      ...(camera ? { deviceId: { exact: camera } } : {}),
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30, max: 30 },
    },
    audio: {
      ...(microphone ? { deviceId: { exact: microphone } } : {}),
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    },
  };
}

/**
 * Why the camera did not open, and what to do about it.
 * @param {unknown} error
 */
export function openError(error) {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError") return gettext("浏览器没有允许使用摄像头和麦克风。请在地址栏左侧点开权限，选择“允许”，再刷新本页。");
  if (name === "NotFoundError") return gettext("没有找到摄像头或麦克风。请接好设备，再从列表里选择。");
  if (name === "NotReadableError") return gettext("摄像头或麦克风正被别的程序使用。请关掉那个程序，再选一次。");
  return gettext("摄像头没有打开。请换一个设备，或刷新本页再试。");
}

export class DeviceMemory {
  /** @param {Pick<Storage, "getItem"|"setItem">} storage */
  constructor(storage) {
    this.storage = storage;
  }

  /** @returns {Partial<Record<"videoinput"|"audioinput", Remembered>>} */
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
    if (device.kind !== "videoinput" && device.kind !== "audioinput") return;
    const all = { ...this.read(), [device.kind]: { id: device.deviceId, label: device.label } };
    this.storage.setItem(STORED, JSON.stringify(all));
  }
}
