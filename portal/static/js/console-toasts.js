// Short notices, some of them with a way back as long as that is good.

// Only the latest few: a busy evening must not cover the lanes.
const PLAIN = 2;
const WITH_BUTTON = 4;

/**
 * @param {string} words
 * @param {{look?: "error"|"", seconds?: number}} [options]
 */
export function staffToast(words, { look = "", seconds = 6 } = {}) {
  show(words, seconds, null).classList.toggle("staff-toast-error", look === "error");
}

/**
 * @param {string} words
 * @param {number} seconds
 * @param {{words: string, press: () => void}} button
 * @returns {() => void} takes it away
 */
export function toastWithButton(words, seconds, button) {
  const press = document.createElement("button");
  press.type = "button";
  press.className = "button button-small";
  press.textContent = button.words;
  const note = show(words, seconds, press);
  press.addEventListener("click", () => {
    note.remove();
    button.press();
  });
  return () => note.remove();
}

/** @param {string} words @param {number} seconds @param {HTMLButtonElement|null} button */
function show(words, seconds, button) {
  const note = document.createElement("div");
  note.className = "toast staff-toast";
  const text = document.createElement("p");
  text.textContent = words;
  note.append(text, ...(button ? [button] : []));
  const place = document.querySelector("[data-staff-toasts]");
  const alike = [...(place?.children ?? [])].filter((other) => Boolean(other.querySelector("button")) === Boolean(button));
  for (const old of alike.slice((button ? WITH_BUTTON : PLAIN) - 1)) old.remove();
  place?.prepend(note);
  setTimeout(() => note.remove(), seconds * 1000);
  return note;
}
