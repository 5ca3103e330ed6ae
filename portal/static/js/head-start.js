/**
 * The live page's socket, opened while the style sheets are still on their way: by the time the modules run and the first
 * words are drawn, the server's offer is here. signal.js takes it over. A plain script, because modules wait for the
 * page; where it cannot run (an old browser, storage refused) the modules open a socket of their own.
 */
{
  // What is kept for modules that do not come; a page without them needs no socket.
  const HELD_MOST = 200;
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const url = `${scheme}//${location.host}/ws/live/${document.currentScript?.dataset.session}/`;

  /** @returns {HeadStart} */
  const begin = () => {
    const tab = sessionStorage.getItem("tab") ?? crypto.randomUUID();
    sessionStorage.setItem("tab", tab);
    /** @type {HeadStart["sent"]} */
    const sent = [{ type: "hello", id: 1, role: "viewer", tab }];
    // As Watcher.start: without WebRTC, or sound alone by choice, no picture is asked for.
    if (typeof RTCPeerConnection !== "undefined" && localStorage.getItem("listen") !== "1") sent.push({ type: "watch", id: 2 });
    const socket = new WebSocket(url);
    /** @type {string[]} */
    const held = [];
    socket.onopen = () => sent.forEach((message) => socket.send(JSON.stringify(message)));
    socket.onmessage = (event) => {
      if (held.push(event.data) > HELD_MOST) socket.close();
    };
    return { url, socket, held, sent, begun: performance.now() };
  };

  try {
    globalThis.headStart = begin();
  } catch {
    // The modules know what to do without.
  }
}
