/** Camera and microphone, asked for once and explained in words when they cannot be had. */

/** 720p at 30 pictures a second, with what browsers do against echo and noise.
 * @param {{camera?: string, microphone?: string}} [chosen] device ids
 * @returns {Promise<MediaStream>} rejects with an Error whose message may be shown */
export async function openCamera({ camera, microphone } = {}) {
  if (!navigator.mediaDevices) throw new Error(gettext("这个浏览器不能在此地址使用摄像头，请用 https 地址打开。"));
  try {
    return await navigator.mediaDevices.getUserMedia({
      video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 }, ...(camera ? { deviceId: { exact: camera } } : { facingMode: "user" }) },
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...(microphone ? { deviceId: { exact: microphone } } : {}) },
    });
  } catch (error) {
    throw new Error(cameraTrouble(error instanceof DOMException ? error.name : ""), { cause: error });
  }
}

/** @param {string} name of the DOMException @returns {string} */
export function cameraTrouble(name) {
  if (name === "NotAllowedError") return gettext("没有使用摄像头和麦克风的许可。请在浏览器地址栏旁允许，再试一次。");
  if (name === "NotFoundError" || name === "OverconstrainedError") return gettext("没有找到摄像头或麦克风。请接好后再试。");
  if (name === "NotReadableError") return gettext("摄像头正被别的程序占用。请关闭那个程序，再试一次。");
  return gettext("摄像头打不开。请刷新页面再试。");
}

/** Cameras and microphones by name; names are empty until access was granted once.
 * @returns {Promise<{cameras: MediaDeviceInfo[], microphones: MediaDeviceInfo[]}>} */
export async function devices() {
  const all = await navigator.mediaDevices.enumerateDevices();
  return {
    cameras: all.filter((device) => device.kind === "videoinput"),
    microphones: all.filter((device) => device.kind === "audioinput"),
  };
}

/** @param {MediaStream | null} stream */
export function closeCamera(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
