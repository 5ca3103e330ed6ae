/** Relays (TURN) the server lends us for a while, for networks that let nothing else through. Pure. */

/** From a `welcome`'s `media` or an `offer`; none configured is an empty list, so that no foreign server is asked.
 * @param {{ice?: RTCIceServer[]} | undefined | null} message @returns {RTCIceServer[]} */
export function iceServers(message) {
  return Array.isArray(message?.ice) ? message.ice : [];
}
