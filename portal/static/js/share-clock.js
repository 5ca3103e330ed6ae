// A worker that ticks: timers of a page are slowed while another window is in front, and that is where the shared one is.

setInterval(() => postMessage(0), 1000 / 15);
