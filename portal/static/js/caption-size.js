/** How large captions are: three sizes, remembered on this telephone. */

const SIZES = ["", "large", "huge"];
const OFF = "off";

/** @param {Element | null} button @param {Pick<Storage, "getItem" | "setItem">} store
 * @param {(shown: boolean) => void} [onPicture] where captions cover the picture: there they can be taken away too
 * @returns {(shown: boolean) => void} chooses as if the button had been pressed */
export function offerCaptionSize(button, store, onPicture) {
  if (!(button instanceof HTMLButtonElement)) return () => undefined;
  const sizes = onPicture ? [...SIZES, OFF] : SIZES;
  const names = [gettext("字幕：中"), gettext("字幕：大"), gettext("字幕：特大"), gettext("字幕：关")];
  let place = Math.max(0, sizes.indexOf(store.getItem("captions") ?? ""));
  const show = () => {
    document.documentElement.dataset.captionScale = sizes[place];
    button.textContent = names[place];
    onPicture?.(sizes[place] !== OFF);
  };
  /** @param {number} next */
  const choose = (next) => {
    place = next;
    store.setItem("captions", sizes[place]);
    show();
  };
  button.hidden = false;
  button.addEventListener("click", () => choose((place + 1) % sizes.length));
  show();
  return (shown) => choose(shown ? 0 : sizes.indexOf(OFF));
}
