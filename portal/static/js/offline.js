/** The page without network offers what this telephone has a copy of, and nothing that would lead back here. */

import { need } from "./dom.js";

for (const link of document.querySelectorAll("a[data-kept]")) {
  const path = link.getAttribute("href") ?? "";
  // The page itself may stand at any address.
  if (path === location.pathname || !("caches" in window)) continue;
  caches.match(path).then((copy) => {
    if (!copy) return;
    /** @type {HTMLElement} */ (link).hidden = false;
    need("[data-kept-part]", HTMLElement).hidden = false;
  });
}
