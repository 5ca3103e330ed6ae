/** How large captions are: three sizes, remembered on this telephone. */

const SIZES = ["", "large", "huge"];

/** @param {Element | null} button @param {Pick<Storage, "getItem" | "setItem">} store */
export function offerCaptionSize(button, store) {
  if (!(button instanceof HTMLButtonElement)) return;
  const names = [gettext("字幕：中"), gettext("字幕：大"), gettext("字幕：特大")];
  let place = Math.max(0, SIZES.indexOf(store.getItem("captions") ?? ""));
  const show = () => {
    document.documentElement.dataset.captionScale = SIZES[place];
    button.textContent = names[place];
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    place = (place + 1) % SIZES.length;
    store.setItem("captions", SIZES[place]);
    show();
  });
  show();
}
