/** Photos and the recording that came with a question, in the details pane. Asked for when the question is looked at. */

/** @typedef {{uuid: string, kind: string, url: string, words: string}} Enclosed */

/** @param {Enclosed} file @returns {HTMLElement} */
function drawn({ kind, url, words }) {
  const item = document.createElement("li");
  item.className = "file";
  if (kind === "voice") {
    const sound = document.createElement("audio");
    Object.assign(sound, { controls: true, preload: "none", src: url });
    sound.setAttribute("aria-label", gettext("提问的录音"));
    item.append(sound);
    if (words) item.append(Object.assign(document.createElement("p"), { className: "muted", textContent: words }));
    return item;
  }
  const link = Object.assign(document.createElement("a"), { href: url, target: "_blank" });
  link.append(Object.assign(document.createElement("img"), { src: url, alt: gettext("附上的照片"), width: 112, height: 84 }));
  item.append(link);
  return item;
}

export class FilesPart {
  #key = "";

  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
  }

  /** @param {{number: string, revision: number, channel?: string}} row */
  async show({ number, revision, channel = "" }) {
    const key = `${number}.${revision}`;
    if (key === this.#key) return;
    const other = !this.#key.startsWith(`${number}.`);
    this.#key = key;
    if (other) this.list.replaceChildren();
    // Nothing comes with what a moderator has typed in from a call or a letter.
    if (!number || channel) return;
    const answer = await fetch(`/cases/${number}/files/`, { headers: { Accept: "application/json" } }).catch(() => null);
    const { files = [] } = answer?.ok ? await answer.json() : {};
    if (this.#key === key && files.length !== this.list.children.length) this.list.replaceChildren(...files.map(drawn));
  }
}
