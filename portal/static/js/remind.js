/** The calendar: who wants to be reminded gets a notification on this telephone where the browser can, else an SMS. */

import { need, post } from "./dom.js";

const WITHIN = 15_000;
const key = need("[data-push-key]", HTMLElement).dataset.pushKey ?? "";

/** Tell the server where this browser listens. Throws where it cannot or may not.
 * @returns {Promise<void>} */
async function listen() {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("not wanted");
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = subscription.toJSON();
  await post("/notices/push/", { endpoint: endpoint ?? "", p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "" });
}

/** @param {SubmitEvent} event */
async function remind(event) {
  const form = event.target;
  const button = event.submitter;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-remind]") || !(button instanceof HTMLButtonElement)) return;
  if (button.value !== "1" || form.dataset.asked) return;
  event.preventDefault();
  form.dataset.asked = "1";
  button.setAttribute("aria-busy", "true");
  // A push service that does not answer must not cost the reminder: then it comes by SMS.
  const late = new Promise((_, reject) => setTimeout(reject, WITHIN));
  await Promise.race([listen(), late]).catch(() => undefined);
  form.requestSubmit(button);
}

if ("PushManager" in window && "Notification" in window && "serviceWorker" in navigator) document.addEventListener("submit", remind);
