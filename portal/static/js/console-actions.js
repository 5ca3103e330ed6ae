// What a moderator does to a question: the message, the words for it, the way back, and what a refusal means.

import { staffToast, toastWithButton } from "./console-toasts.js";
import { UNDO_MS, UndoList, isWhole, wayBack, waysApart } from "./console-undo.js";
import { fill } from "./staff-words.js";

/** @typedef {import("./console-lanes.js").Row} Row */
/** @typedef {import("./console-lanes.js").Action} Action */

/** @typedef {{steps: import("./console-undo.js").Message[], whole: boolean}} WayBack whole: all is as it was then */

const NO_WAY = { steps: [], whole: true };
/** Plain steps: action → message type, and the stage state to move to. @type {Partial<Record<Action, {type: string, to?: string}>>} */
const STEPS = {
  show: { type: "unhide" },
  unhide: { type: "unhide" },
  shortlist: { type: "move", to: "shortlisted" },
  back: { type: "move", to: "new" },
  done: { type: "move", to: "done" },
  call_up: { type: "call_up" },
  put_on: { type: "put_on" },
  take_off: { type: "take_off" },
  begin: { type: "begin_answer" },
  end: { type: "end_answer" },
};

/** @param {Action} action */
function wordsOf(action) {
  /** @type {Partial<Record<Action, string>>} */
  const words = {
    show: gettext("%(number)s 已上墙"),
    unhide: gettext("%(number)s 已取消隐藏"),
    shortlist: gettext("%(number)s 移到备选"),
    back: gettext("%(number)s 放回新问题"),
    done: gettext("%(number)s 已完成"),
    call_up: gettext("%(number)s 已呼叫上台"),
    put_on: gettext("%(number)s 已接进直播"),
    take_off: gettext("%(number)s 已请下"),
    begin: gettext("%(number)s 开始回答"),
    end: gettext("%(number)s 回答完毕"),
    hide: gettext("%(number)s 不公开"),
    same: gettext("%(number)s 已归并"),
    gather: gettext("已并入 %(number)s"),
    write: gettext("%(number)s 的书面答复已发出"),
    propose: gettext("%(number)s 的文字已确认"),
  };
  return words[action] ?? "";
}

export class ConsoleActions {
  /** @type {Promise<unknown>|undefined} what was asked last */
  #under;

  /**
   * @param {import("./signal.js").Signal} signal
   * @param {() => void} refresh fetch the rows again: a refusal means that ours are old
   */
  constructor(signal, refresh) {
    this.signal = signal;
    this.refresh = refresh;
    this.undo = new UndoList();
    /** Steps under way: a second press of the same key must not send it twice. @type {Set<string>} */
    this.busy = new Set();
  }

  /** @param {Row} row @param {Action} action */
  isBusy(row, action) {
    return this.busy.has(`${row.id} ${action}`);
  }

  /**
   * @param {Action} action
   * @param {Row} row
   * @returns {Promise<boolean>}
   */
  async step(action, row) {
    const step = STEPS[action];
    if (!step) return false;
    const fields = step.to ? { to: step.to, expected: row.stage_state } : {};
    return this.send(action, row, step.type, fields, { steps: wayBack(row, action), whole: isWhole(row, action) });
  }

  /** @param {Row} row @param {string} reason */
  hide(row, reason) {
    return this.send("hide", row, "hide", { reason }, { steps: wayBack(row, "hide"), whole: true });
  }

  /** @param {Row} row @param {number} other */
  same(row, other) {
    return this.send("same", row, "same", { as: other }, { steps: waysApart([row]), whole: true });
  }

  /** Join several to one, all or none. @param {Row} row @param {Row[]} others */
  gather(row, others) {
    const questions = others.map((other) => other.id);
    return this.send("gather", row, "same_many", { questions, as: row.id }, { steps: waysApart(others), whole: true });
  }

  /** @param {Row} row @param {string} text @param {boolean} final */
  write(row, text, final) {
    return this.send("write", row, "write", { text, final }, NO_WAY);
  }

  /** @param {Row} row @param {string} text */
  spokenText(row, text) {
    return this.send("propose", row, "spoken_text", { text }, NO_WAY);
  }

  /**
   * The words of the speaker, out of the captions; empty when there are none.
   * @param {Row} row
   * @returns {Promise<string>}
   */
  async proposal(row) {
    try {
      return (await this.signal.request("propose", { question: row.id })).text ?? "";
    } catch (error) {
      this.refused(error);
      return "";
    }
  }

  /**
   * @param {Action} action
   * @param {Row} row
   * @param {string} type
   * @param {Record<string, unknown>} fields
   * @param {WayBack} back
   * @returns {Promise<boolean>}
   */
  async send(action, row, type, fields, back) {
    if (this.isBusy(row, action)) return false;
    this.busy.add(`${row.id} ${action}`);
    try {
      const asked = this.signal.request(type, { question: row.id, ...fields });
      this.#under = asked.catch(() => undefined);
      await asked;
    } catch (error) {
      this.refused(error);
      return false;
    } finally {
      this.busy.delete(`${row.id} ${action}`);
    }
    const words = fill(wordsOf(action), { number: row.number || gettext("口头提问") });
    if (back.steps.length) this.#offerBack(words, back);
    else staffToast(words);
    return true;
  }

  /** @param {string} words @param {WayBack} back */
  #offerBack(words, { steps, whole }) {
    const entry = this.undo.add({ words, steps }, performance.now());
    const press = () => this.#takeBack(this.undo.takeThis(entry, performance.now()));
    const button = { words: whole ? gettext("撤销") : gettext("放回备选"), press };
    entry.close = toastWithButton(words, UNDO_MS / 1000, button);
  }

  async takeBackLatest() {
    // The row has moved before the answer is here: what is under way is the latest, too.
    await this.#under;
    const entry = this.undo.take(performance.now());
    if (entry) await this.#takeBack(entry);
    else staffToast(gettext("没有可以撤销的操作。"));
  }

  /** @param {import("./console-undo.js").Undo|null} entry */
  async #takeBack(entry) {
    if (!entry) return;
    entry.close?.();
    try {
      for (const { type, fields } of entry.steps) await this.signal.request(type, fields);
      staffToast(fill(gettext("已撤销：%(words)s"), { words: entry.words }));
    } catch (error) {
      this.refused(error);
    }
  }

  /** @param {unknown} error */
  refused(error) {
    const words = error instanceof Error ? error.message : String(error);
    staffToast(words, { look: "error", seconds: 8 });
    this.refresh();
  }
}
