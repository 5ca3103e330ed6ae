/** The box over a column of boxes: all of this page, or none. Without scripts it is not shown, and each is ticked alone. */

import { need } from "./dom.js";

const all = need("[data-tick-all]", HTMLInputElement);
const boxes = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("input[name=number]")]);

function draw() {
  const ticked = boxes.filter((box) => box.checked).length;
  all.checked = ticked > 0 && ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
}

all.hidden = boxes.length === 0;
all.addEventListener("change", () => {
  for (const box of boxes) box.checked = all.checked;
});
for (const box of boxes) box.addEventListener("change", draw);
draw();
