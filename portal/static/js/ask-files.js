/** Photos and a spoken question in the form of asking: chosen or recorded, kept on this telephone at once, sent by files-sender.js. */

import { need, post, toast } from "./dom.js";
import { sendFile } from "./files-sender.js";
import { fileShelf, mark } from "./files-store.js";
import { uuid } from "./ids.js";
import { VoiceButton, canRecord } from "./voice.js";

/** @typedef {import("./files-store.js").Enclosed} Enclosed */

const MOST_PHOTOS = 3;
const LONGEST_EDGE = 1600;
const LARGEST = 10 << 20;
const WORDS_WITHIN = 25_000;

/** A photo of a size that a weak network carries; drawn again, it also loses the place where it was taken.
 * @param {Blob} photo @returns {Promise<Blob>} */
async function smaller(photo) {
  try {
    const picture = await createImageBitmap(photo);
    const scale = Math.min(1, LONGEST_EDGE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const drawn = await new Promise((/** @type {(blob: Blob | null) => void} */ done) => canvas.toBlob(done, "image/jpeg", 0.8));
    return drawn ?? photo;
  } catch {
    // A format that this browser does not draw: the server looks at it.
    return photo;
  }
}

/** Another tab with the same question must not take what is still being recorded for what a crash has cut.
 * The lock goes with the page, however it ends (Web Locks API).
 * @param {Enclosed} file @param {Promise<unknown>} end */
function holdWhileRecording(file, end) {
  void navigator.locks?.request(`recording ${file.uuid}`, () => end);
}

/** @param {Enclosed} file @param {() => Promise<void>} work */
async function whileNobodyRecords(file, work) {
  if (!navigator.locks) return work();
  await navigator.locks.request(`recording ${file.uuid}`, { ifAvailable: true }, async (lock) => lock && work());
}

class AskFiles {
  /** @type {Enclosed[]} */
  #files = [];
  /** What is being recorded. @type {Enclosed | null} */
  #unfinished = null;
  /** Lets go of it. @type {(value?: unknown) => void} */
  #recorded = () => undefined;
  key = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.list = need("[data-files-list]", HTMLElement, root);
    this.status = need("[data-files-status]", HTMLElement, root);
    this.text = need("[name=text]", HTMLTextAreaElement, root.closest("form") ?? document);
    const input = need("[data-photos]", HTMLInputElement, root);
    input.addEventListener("change", () => this.#choose(input));
    this.list.addEventListener("click", (event) => this.#clicked(event));
    this.#offerVoice();
    // Before the form itself looks whether there are words.
    this.root.closest("form")?.addEventListener("submit", () => this.#standIn(), { capture: true });
    root.hidden = false;
  }

  #offerVoice() {
    const button = need("[data-voice]", HTMLButtonElement, this.root);
    button.hidden = !canRecord();
    if (button.hidden) return;
    new VoiceButton(button, {
      words: need("[data-voice-words]", HTMLElement, button),
      grows: (sound) => this.#growing(sound),
      taken: (sound) => this.#spoken(sound),
      failed: (why) => this.#say(why),
    });
  }

  /** @param {string} key of the question in the form */
  async show(key) {
    this.key = key;
    this.#say("");
    const all = await (await fileShelf()).all();
    this.#files = all.filter((file) => file.key === key && !file.unfinished).sort((a, b) => a.at - b.at);
    this.#draw();
    const cut = all.find((file) => file.key === key && file.unfinished && file.uuid !== this.#unfinished?.uuid);
    if (cut) await whileNobodyRecords(cut, () => this.#takeUp(cut));
  }

  /** A recording that was cut by a reload or a crash; a finished one of the same question goes before it.
   * @param {Enclosed} cut */
  async #takeUp(cut) {
    if (this.#files.some(({ kind }) => kind === "voice")) return (await fileShelf()).remove(cut.uuid);
    await this.#keep({ ...cut, unfinished: false });
    this.#say(gettext("录音没有录完，已录的一段还在。可以重录，也可以就这样交上去。"));
  }

  /** @param {Blob} blob */
  async #growing(blob) {
    if (!this.#unfinished) {
      this.#unfinished = { uuid: uuid(), key: this.key, kind: "voice", blob, at: Date.now(), unfinished: true };
      holdWhileRecording(this.#unfinished, new Promise((done) => (this.#recorded = done)));
    }
    this.#unfinished.blob = blob;
    await (await fileShelf()).put(this.#unfinished);
  }

  /** @param {string} words */
  #say(words) {
    this.status.textContent = words;
  }

  /** @param {HTMLInputElement} input */
  async #choose(input) {
    const chosen = [...(input.files ?? [])];
    input.value = "";
    for (const photo of chosen) {
      if (this.#files.filter(({ kind }) => kind === "photo").length >= MOST_PHOTOS) {
        this.#say(gettext("最多三张照片。"));
        return;
      }
      this.#say(gettext("正在整理照片……"));
      const blob = await smaller(photo);
      if (blob.size > LARGEST) {
        this.#say(gettext("这张照片太大，请换一张。"));
        return;
      }
      await this.#keep({ uuid: uuid(), key: this.key, kind: "photo", blob, at: Date.now() });
    }
    this.#say("");
  }

  /** @param {Enclosed} file */
  async #keep(file) {
    await (await fileShelf()).put(file);
    mark(true);
    // Sent meanwhile: it belongs to that question, not to the next one in the form.
    if (file.key !== this.key) return;
    this.#files.push(file);
    this.#draw();
  }

  /** @param {Blob} blob */
  async #spoken(blob) {
    const unfinished = this.#unfinished;
    this.#unfinished = null;
    const file = /** @type {Enclosed} */ ({ uuid: uuid(), key: unfinished?.key ?? this.key, kind: "voice", blob, at: Date.now() });
    for (const old of this.#files.filter(({ kind, key }) => kind === "voice" && key === file.key)) await this.#remove(old.uuid);
    await this.#keep(file);
    if (unfinished) await (await fileShelf()).remove(unfinished.uuid);
    this.#recorded();
    this.#say(gettext("录音已存在手机里，正在听写……"));
    const words = await this.#heard(file);
    if (this.key !== file.key || !this.#files.includes(file)) return;
    if (!words) return this.#say(gettext("录音已存好，会和问题一起交上去。也可以再写几句。"));
    this.text.value = [this.text.value.trim(), words].filter(Boolean).join("\n");
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
    this.#say(gettext("上面是机器听写的，请看一看、改一改再提交。录音也一起交上去。"));
  }

  /** What an engine understood; empty without network or engine: the sound is kept all the same.
   * @param {Enclosed} file @returns {Promise<string>} */
  async #heard(file) {
    const until = Date.now() + WORDS_WITHIN;
    try {
      let { words } = await sendFile(file);
      while (words === null && Date.now() < until && this.#files.includes(file)) {
        await new Promise((done) => setTimeout(done, 1000));
        const answer = await fetch(`/files/${file.uuid}/`, { headers: { Accept: "application/json" } });
        ({ words } = await answer.json());
      }
      return words ?? "";
    } catch {
      return "";
    }
  }

  /** A question that is only spoken has words that say so. */
  #standIn() {
    if (this.text.value.trim() || !this.#files.some(({ kind }) => kind === "voice")) return;
    this.text.value = gettext("语音提问，请听录音。");
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** @param {Event} event */
  async #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-file]") : null;
    if (!button) return;
    await this.#remove(button.getAttribute("data-file") ?? "");
    toast(gettext("已移除"));
  }

  /** @param {string} id */
  async #remove(id) {
    const file = this.#files.find((other) => other.uuid === id);
    this.#files = this.#files.filter((other) => other.uuid !== id);
    await (await fileShelf()).remove(id);
    this.#draw();
    if (file?.kind === "voice") post(`/files/${id}/remove/`, {}).catch(() => undefined);
  }

  #draw() {
    for (const old of this.list.querySelectorAll("[src]")) URL.revokeObjectURL(old.getAttribute("src") ?? "");
    this.list.replaceChildren(...this.#files.map((file, place) => drawn(file, place)));
    const photos = this.#files.filter(({ kind }) => kind === "photo").length;
    need("[data-photos-label]", HTMLElement, this.root).hidden = photos >= MOST_PHOTOS;
  }
}

/** @param {Enclosed} file @param {number} place @returns {HTMLElement} */
function drawn(file, place) {
  const item = document.createElement("li");
  item.className = "file";
  const address = URL.createObjectURL(file.blob);
  const name = file.kind === "voice" ? gettext("提问的录音") : interpolate(gettext("照片 %s"), [place + 1]);
  if (file.kind === "voice") {
    const sound = document.createElement("audio");
    Object.assign(sound, { controls: true, src: address });
    sound.setAttribute("aria-label", name);
    item.append(sound);
  } else {
    const picture = document.createElement("img");
    Object.assign(picture, { src: address, alt: name, width: 96, height: 96 });
    item.append(picture);
  }
  const button = document.createElement("button");
  Object.assign(button, { className: "button", type: "button", textContent: gettext("移除") });
  button.setAttribute("aria-label", interpolate(gettext("移除%s"), [name]));
  button.dataset.file = file.uuid;
  item.append(button);
  return item;
}

/** @type {WeakMap<Element, AskFiles>} */
const known = new WeakMap();

/** Offer them in the form, for the question with this uuid.
 * @param {ParentNode} form @param {string} key */
export function showFiles(form, key) {
  const root = need("[data-ask-files]", HTMLElement, form);
  const files = known.get(root) ?? new AskFiles(root);
  known.set(root, files);
  files.show(key);
}
