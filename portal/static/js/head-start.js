/**
 * The live page's socket and picture, begun while the style sheets are still on their way: by the time the modules run the
 * server's offer is answered and the line to the picture is being made. signal.js takes the socket over, watch-rtc.js the
 * connection. A plain script, because modules wait for the page; where it cannot run (an old browser, storage refused)
 * the modules begin by themselves.
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
    const watches = typeof RTCPeerConnection !== "undefined" && localStorage.getItem("listen") !== "1";
    if (watches) sent.push({ type: "watch", id: 2 });
    const socket = new WebSocket(url);
    /** @type {HeadStart} */
    const start = { url, socket, held: [], sent, begun: performance.now() };
    socket.onopen = () => sent.forEach((message) => socket.send(JSON.stringify(message)));
    socket.onmessage = (event) => {
      if (start.held.push(event.data) > HELD_MOST) socket.close();
      const message = JSON.parse(event.data);
      if (watches && message.type === "offer") start.answered = answer(start, message).catch(() => false);
    };
    if (watches) start.connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    return start;
  };

  /** As RtcLine does it.
   * @param {HeadStart} start @param {{peer: string, sdp: string, ice?: RTCIceServer[]}} offer @returns {Promise<boolean>} */
  const answer = async (start, { peer, sdp, ice }) => {
    const { connection, sent, socket } = start;
    if (!connection) return false;
    if (ice?.length) connection.setConfiguration({ bundlePolicy: "max-bundle", iceServers: ice });
    await connection.setRemoteDescription({ type: "offer", sdp });
    await connection.setLocalDescription(await connection.createAnswer());
    // Taken over meanwhile: then the modules say it, whose numbers follow ours.
    if (globalThis.headStart === start) {
      sent.push({ type: "accept", id: sent.length + 1, peer, sdp: connection.localDescription?.sdp });
      socket.send(JSON.stringify(sent.at(-1)));
    }
    return true;
  };

  try {
    globalThis.headStart = begin();
  } catch {
    // The modules know what to do without.
  }
}
