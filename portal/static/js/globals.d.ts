/** What Django's JavaScriptCatalog puts on the page at /words.js, and what hls.js brings when it is loaded. */
declare function gettext(text: string): string;
declare function ngettext(singular: string, plural: string, count: number): string;
declare function interpolate(format: string, values: unknown[] | Record<string, unknown>, named?: boolean): string;

interface Window {
  Hls?: typeof import("hls.js").default;
}

// Named here because the collector of static files takes an import in a module's comment for an address.
type HlsLibrary = typeof import("hls.js").default;

/** A socket opened by head-start.js before the modules came: what it has sent and what was answered meanwhile. */
interface HeadStart {
  url: string;
  socket: WebSocket;
  held: string[];
  sent: { type: string; id: number; [field: string]: unknown }[];
  /** `performance.now()` when the socket was opened. */
  begun: number;
  /** For the picture that was asked for, and whether the offer could be answered on it, once there is one. */
  connection?: RTCPeerConnection;
  answered?: Promise<boolean>;
}
declare var headStart: HeadStart | undefined;
