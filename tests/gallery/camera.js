// A camera for photographs: somebody at a desk, drawn, in place of the test camera's coloured bars.
(() => {
  /** @param {CanvasRenderingContext2D} pen @param {number} count */
  function draw(pen, count) {
    const { width: w, height: h } = pen.canvas;
    const citizen = location.pathname.endsWith("/stage/");
    const wall = pen.createLinearGradient(0, 0, 0, h);
    wall.addColorStop(0, citizen ? "#c9b79a" : "#48675f");
    wall.addColorStop(1, citizen ? "#a98f6c" : "#2c443e");
    pen.fillStyle = wall;
    pen.fillRect(0, 0, w, h);
    pen.fillStyle = citizen ? "#e9e2cf" : "#5d7d74";
    pen.fillRect(w * 0.1, h * 0.12, w * 0.2, h * 0.36);
    pen.fillRect(w * 0.7, h * 0.12, w * 0.2, h * 0.36);
    const x = w / 2 + Math.sin(count / 40) * w * 0.006;
    const y = h * 0.42 + Math.sin(count / 25) * h * 0.004;
    pen.fillStyle = citizen ? "#7a4b4b" : "#1f2a38";
    pen.beginPath();
    pen.ellipse(x, h * 1.02, w * 0.24, h * 0.42, 0, Math.PI, 0);
    pen.fill();
    pen.fillStyle = citizen ? "#e8dcd0" : "#f2f2ee";
    pen.beginPath();
    pen.moveTo(x - w * 0.045, h * 0.62);
    pen.lineTo(x + w * 0.045, h * 0.62);
    pen.lineTo(x, h * 0.84);
    pen.fill();
    pen.fillStyle = "#d8a581";
    pen.fillRect(x - w * 0.03, y + h * 0.12, w * 0.06, h * 0.12);
    pen.beginPath();
    pen.ellipse(x, y, w * 0.085, h * 0.19, 0, 0, Math.PI * 2);
    pen.fill();
    pen.fillStyle = citizen ? "#5a5552" : "#22211f";
    pen.beginPath();
    pen.ellipse(x, y - h * 0.06, w * 0.094, h * 0.15, 0, Math.PI, 0);
    pen.fill();
    if (citizen) return;
    pen.fillStyle = "#6b4f3a";
    pen.fillRect(0, h * 0.9, w, h * 0.1);
  }

  /** @returns {MediaStreamTrack} */
  function camera() {
    const canvas = document.createElement("canvas");
    canvas.width = 1280;
    canvas.height = 720;
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    let count = 0;
    setInterval(() => draw(pen, count++), 1000 / 15);
    return canvas.captureStream(15).getVideoTracks()[0];
  }

  const media = navigator.mediaDevices;
  if (!media) return;
  const real = media.getUserMedia.bind(media);
  media.getUserMedia = async (wanted = {}) => {
    const tracks = wanted.audio ? (await real({ audio: true })).getAudioTracks() : [];
    return new MediaStream(wanted.video ? [camera(), ...tracks] : tracks);
  };
})();
