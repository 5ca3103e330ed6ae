// What a moderator does to a question: the message, the words for it, the way back, and what a refusal means.

import { stateToReturnTo } from "./console-lanes.js";
import { staffToast } from "./console-toasts.js";
import { UNDO_MS, UndoList } from "./console-undo.js";
import { fill } from "./staff-words.js";

/** @typedef {import("./console-lanes.js").Row} Row */
/** @typedef {import("./console-lanes.js").Action} Action */

/** Plain steps: action → message type, or the stage state to move to. @type {Partial<Record<Action, {type: string, to?: string}>>} */
const STEPS = {
  show: { type: "unhide" },
  unhide: { type: "unhide" },
  shortlist: { type: "move", to: "shortlisted" },
  back: { type: "move", to: "new" },
  done: { type: "move", to: "done" },
  call_up: { type: "call_up", to: "prompted" },
  put_on: { type: "put_on", to: "on" },
  take_off: { type: "take_off", to: "done" },
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
    const fields = step.type === "move" ? { to: step.to, expected: row.stage_state } : {};
    const back = step.to ? stateToReturnTo(row.stage_state, step.to) : null;
    const wayBack = back && action !== "put_on" ? { type: "move", fields: { to: back, expected: step.to } } : null;
    return this.send(action, row, step.type, fields, wayBack);
  }

  /** @param {Row} row @param {string} reason */
  hide(row, reason) {
    return this.send("hide", row, "hide", { reason }, { type: "unhide", fields: {} });
  }

  /** @param {Row} row @param {number} other */
  same(row, other) {
    return this.send("same", row, "same", { as: other }, { type: "part", fields: { questions: [row.id] } });
  }

  /** Join several to one, all or none. @param {Row} row @param {number[]} others */
  gather(row, others) {
    return this.send("gather", row, "same_many", { questions: others, as: row.id }, { type: "part", fields: { questions: others } });
  }

  /** @param {Row} row @param {string} text @param {boolean} final */
  write(row, text, final) {
    return this.send("write", row, "write", { text, final }, null);
  }

  /** @param {Row} row @param {string} text */
  spokenText(row, text) {
    return this.send("propose", row, "spoken_text", { text }, null);
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
   * @param {{type: string, fields: Record<string, unknown>}|null} wayBack
   * @returns {Promise<boolean>}
   */
  async send(action, row, type, fields, wayBack) {
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
    if (!wayBack) {
      staffToast(words);
      return true;
    }
    const entry = this.undo.add(
      { words, type: wayBack.type, fields: { question: row.id, ...wayBack.fields } },
      performance.now(),
    );
    const press = () => this.#takeBack(this.undo.takeThis(entry, performance.now()));
    staffToast(words, { seconds: UNDO_MS / 1000, button: { words: gettext("撤销"), press } });
    return true;
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
    try {
      await this.signal.request(entry.type, entry.fields);
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
