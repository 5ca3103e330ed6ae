/** Who is seen in the picture's box: the leader alone, two or three side by side, or a shared screen with small faces. */

/** Only attributes are set; css/player.css lays out, and the box never changes its size.
 * @param {HTMLElement} player
 * @param {{guest: boolean, cohost: boolean, sharing: string}} people sharing: "main", "cohost" or "" */
export function arrange(player, { guest, cohost, sharing }) {
  player.toggleAttribute("data-guest-on", guest);
  player.toggleAttribute("data-cohost-on", cohost);
  const seen = 1 + Number(guest) + Number(cohost);
  if (seen > 1) player.dataset.people = String(seen);
  else delete player.dataset.people;
  if (sharing === "main" || (sharing === "cohost" && cohost)) player.dataset.sharing = sharing;
  else delete player.dataset.sharing;
}
