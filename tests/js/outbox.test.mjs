import assert from "node:assert/strict";
import test from "node:test";

import "./words.mjs";
import { Outbox } from "../../portal/static/js/outbox.js";
import { shown } from "../../portal/static/js/outbox-rules.js";
import { storageShelf } from "../../portal/static/js/outbox-store.js";

const ALICE = 11;
const words = { text: "村口的路灯坏了", village: "柳湾村" };
let made = 0;

/** A disk that outlives pages. */
function disk() {
  const kept = new Map();
  return {
    kept,
    all: async () => [...kept.values()].map((item) => structuredClone(item)),
    put: async (item) => void kept.set(item.uuid, structuredClone(item)),
    remove: async (uuid) => void kept.delete(uuid),
  };
}

/** A server that counts each UUID once, behind a line that can be cut before or after it. */
function server() {
  const rows = new Map();
  const line = { cut: "", refusal: "" };
  const deliver = async (item) => {
    if (line.cut === "before") throw new TypeError("no network");
    if (line.refusal) throw Object.assign(new Error("refused"), { code: line.refusal });
    const created = !rows.has(item.uuid);
    if (created) rows.set(item.uuid, item);
    if (line.cut === "after") throw new TypeError("no answer");
    return { uuid: item.uuid, number: `N-${[...rows.keys()].indexOf(item.uuid) + 1}`, query_code: "", created };
  };
  return { rows, line, deliver };
}

/** @param {any} shelf @param {any} options */
async function page(shelf, { deliver, person = ALICE, now = () => 1_000 }) {
  const box = new Outbox(Promise.resolve(shelf), { deliver, person, now, makeId: () => `id-${++made}` });
  await box.ready;
  return box;
}

test("a draft is still there after a crash, with its id", async () => {
  const [shelf, { deliver }] = [disk(), server()];
  const before = await page(shelf, { deliver });
  const item = before.edit(before.draft(7, "ask"), words);
  await before.refresh();
  const after = (await page(shelf, { deliver })).draft(7, "ask");
  assert.equal(after.uuid, item.uuid);
  assert.equal(after.text, words.text);
});

test("a question written without signal arrives once, from a later page", async () => {
  const [shelf, { deliver, rows, line }] = [disk(), server()];
  line.cut = "before";
  const first = await page(shelf, { deliver });
  const item = first.edit(first.draft(7, "ask"), words);
  assert.equal((await first.submit(item.uuid)).outcome, "waiting");
  line.cut = "";
  const home = await page(shelf, { deliver });
  assert.equal(await home.sendAll(), false);
  await home.sendAll();
  assert.deepEqual([...rows.keys()], [item.uuid]);
  assert.equal(home.items[0].standing, "received");
  assert.equal(home.items[0].number, "N-1");
});

test("an answer that got lost is asked for again and stays one question", async () => {
  const [shelf, { deliver, rows, line }] = [disk(), server()];
  const box = await page(shelf, { deliver });
  const item = box.edit(box.draft(7, "ask"), words);
  line.cut = "after";
  await box.submit(item.uuid);
  assert.equal(box.items[0].standing, "sent");
  line.cut = "";
  await box.sendAll();
  assert.equal(rows.size, 1);
  assert.equal(box.items[0].standing, "received");
});

test("two asks for the same item at the same time are one sending", async () => {
  const [shelf, { deliver }] = [disk(), server()];
  let sent = 0;
  const box = await page(shelf, { deliver: (item) => (sent++, deliver(item)) });
  const item = box.edit(box.draft(7, "ask"), words);
  await Promise.all([box.submit(item.uuid), box.send(item.uuid), box.sendAll()]);
  assert.equal(sent, 1);
});

test("two hundred questions through cuts and crashes arrive once each", async () => {
  const [shelf, { deliver, rows, line }] = [disk(), server()];
  const ids = new Set();
  let box = await page(shelf, { deliver });
  for (let n = 0; n < 200; n += 1) {
    line.cut = ["before", "after", ""][n % 3];
    const item = box.edit(box.draft(7, "ask"), { ...words, text: `第 ${n} 件` });
    ids.add(item.uuid);
    const sending = box.submit(item.uuid);
    if (n % 4) await sending;
    await box.refresh();
    if (n % 5 === 0) box = await page(shelf, { deliver });
  }
  line.cut = "";
  box = await page(shelf, { deliver });
  while (await box.sendAll());
  assert.equal(ids.size, 200);
  assert.deepEqual(new Set(rows.keys()), ids);
});

test("what one citizen wrote never goes out in another's name", async () => {
  const [shelf, { deliver, rows, line }] = [disk(), server()];
  line.cut = "before";
  const hers = await page(shelf, { deliver });
  await hers.submit(hers.edit(hers.draft(7, "ask"), words).uuid);
  line.cut = "";
  const his = await page(shelf, { deliver, person: 12 });
  await his.sendAll();
  assert.equal(rows.size, 0);
  his.become(ALICE);
  await his.sendAll();
  assert.equal(rows.size, 1);
});

test("what was written before anybody logged in goes once somebody says that it is theirs", async () => {
  const [shelf, { deliver, rows }] = [disk(), server()];
  const box = await page(shelf, { deliver, person: null });
  const item = box.edit(box.draft(7, "ask"), words);
  assert.equal((await box.submit(item.uuid, "138****0077")).outcome, "waiting");
  box.become(12);
  assert.equal(await box.sendAll(), false);
  assert.equal(rows.size, 0);
  const hers = await page(shelf, { deliver });
  await hers.claim(item.uuid);
  await hers.sendAll();
  assert.deepEqual([...rows.values()].map((row) => row.person), [ALICE]);
});

test("a refusal gives the words back", async () => {
  const [shelf, { deliver, line }] = [disk(), server()];
  const box = await page(shelf, { deliver });
  const item = box.edit(box.draft(7, "ask"), words);
  line.refusal = "too_long";
  assert.equal((await box.submit(item.uuid)).outcome, "refused");
  assert.equal(box.draft(7, "ask").text, words.text);
});

test("too late for one broadcast, the words go on in the next", async () => {
  const [shelf, { deliver, rows, line }] = [disk(), server()];
  const box = await page(shelf, { deliver });
  const item = box.edit(box.draft(7, "ask"), words);
  line.refusal = "session_over";
  await box.submit(item.uuid);
  assert.equal(box.draft(7, "ask").text, "");
  const again = box.draft(8, "ask");
  assert.equal(again.text, words.text);
  line.refusal = "";
  await box.submit(again.uuid);
  assert.equal(rows.get(item.uuid).session, 8);
});

test("words begun for one broadcast and never sent go on in another, with what was enclosed", async () => {
  const [shelf, { deliver, rows }] = [disk(), server()];
  const box = await page(shelf, { deliver });
  const item = box.edit(box.draft(7, "ask"), words);
  const own = box.draft(8, "ask");
  assert.deepEqual([own.uuid, own.text, own.session], [item.uuid, words.text, 8]);
  await box.submit(own.uuid);
  assert.equal(rows.get(item.uuid).session, 8);
  assert.equal(box.draft(7, "ask").text, "");
});

test("words that were only begun are shown for a fortnight where no form gives them back", async () => {
  const [shelf, { deliver }] = [disk(), server()];
  const box = await page(shelf, { deliver });
  const item = box.edit(box.draft(7, "ask"), words);
  const seen = (now, form) => shown(box.items, now, form).map(({ uuid }) => uuid);
  assert.deepEqual(seen(2_000), [item.uuid]);
  assert.deepEqual(seen(2_000, true), []);
  assert.deepEqual(seen(2_000 + 14 * 86_400_000), []);
  box.edit(item, { ...words, text: " " });
  assert.deepEqual(seen(2_000), []);
});

test("a busy server is asked again", async () => {
  const [shelf, { deliver, rows, line }] = [disk(), server()];
  const box = await page(shelf, { deliver });
  const item = box.edit(box.draft(7, "ask"), words);
  line.refusal = "try_later";
  await box.submit(item.uuid);
  assert.equal(await box.sendAll(), true);
  line.refusal = "";
  assert.equal(await box.sendAll(), false);
  assert.equal(rows.size, 1);
});

test("words typed on after another tab has sent them begin a new question", async () => {
  const [shelf, { deliver, rows }] = [disk(), server()];
  const [one, two] = [await page(shelf, { deliver }), await page(shelf, { deliver })];
  const item = one.edit(one.draft(7, "ask"), words);
  await two.refresh();
  const same = two.draft(7, "ask");
  assert.equal(same.uuid, item.uuid);
  await one.submit(item.uuid);
  await two.refresh();
  const more = two.edit(same, { ...words, text: "还有一件" });
  await two.submit(more.uuid);
  assert.deepEqual([...rows.values()].map((row) => row.text), [words.text, "还有一件"]);
});

test("a hand is raised only on the page of its broadcast", async () => {
  const [shelf, { deliver }] = [disk(), server()];
  const raised = [];
  const box = await page(shelf, { deliver });
  const item = box.draft(7, "hand");
  assert.equal((await box.submit(item.uuid)).outcome, "waiting");
  await box.sendAll();
  box.hands = { session: 7, raise: async (hand) => (raised.push(hand.uuid), { uuid: hand.uuid, number: "" }) };
  await box.sendAll();
  assert.deepEqual(raised, [item.uuid]);
});

test("what arrived is forgotten after a day, words that did not are not", async () => {
  const [shelf, { deliver }] = [disk(), server()];
  const before = await page(shelf, { deliver });
  await before.submit(before.edit(before.draft(7, "ask"), words).uuid);
  const kept = before.edit(before.draft(7, "ask"), { ...words, text: "没写完" });
  await before.refresh();
  const later = await page(shelf, { deliver, now: () => 1_000 + 3 * 86_400_000 });
  assert.deepEqual(later.items.map((item) => item.uuid), [kept.uuid]);
});

test("a disk that refuses keeps the words for as long as the page is open", async () => {
  const full = { all: async () => [], put: async () => { throw new Error("full"); }, remove: async () => {} };
  const box = await page(full, server());
  box.edit(box.draft(7, "ask"), words);
  await box.refresh();
  assert.equal(box.draft(7, "ask").text, words.text);
});

test("localStorage stands in, and a half-written entry costs only itself", async () => {
  const kept = new Map([["outbox.bad", "{not json"], ["print", "large"]]);
  const storage = {
    get length() { return kept.size; },
    key: (n) => [...kept.keys()][n],
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
  const shelf = storageShelf(storage);
  await shelf.put({ uuid: "a", text: "路灯" });
  assert.deepEqual(await shelf.all(), [{ uuid: "a", text: "路灯" }]);
  await shelf.remove("a");
  assert.deepEqual(await shelf.all(), []);
});
