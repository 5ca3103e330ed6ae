// Short notices with, for ten seconds, a way back.

/**
 * @param {string} words
 * @param {{look?: "error"|"", seconds?: number, button?: {words: string, press: () => void}}} [options]
 */
export function staffToast(words, { look = "", seconds = 6, button } = {}) {
  const place = document.querySelector("[data-staff-toasts]");
  if (!place) return;
  const note = document.createElement("div");
  note.className = look === "error" ? "toast staff-toast staff-toast-error" : "toast staff-toast";
  const text = document.createElement("p");
  text.textContent = words;
  note.append(text);
  if (button) {
    const press = document.createElement("button");
    press.type = "button";
    press.className = "button button-small";
    press.textContent = button.words;
    press.addEventListener("click", () => {
      note.remove();
      button.press();
    });
    note.append(press);
  }
  // Only the latest few: a busy evening must not cover the lanes.
  while (place.children.length >= 2) place.lastElementChild?.remove();
  place.prepend(note);
  setTimeout(() => note.remove(), seconds * 1000);
}
