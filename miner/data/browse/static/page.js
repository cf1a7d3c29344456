// Switches of the article page: a layer that is off is not marked in the text. The choice is kept in the browser.
"use strict";
const text = document.getElementById("text");
const kept = "miner-layers-off";
let off = [];
try { off = JSON.parse(localStorage.getItem(kept)) ?? ["topic"]; } catch { off = ["topic"]; }
for (const box of document.querySelectorAll("[data-layer]")) {
  const layer = box.dataset.layer;
  box.checked = !off.includes(layer);
  const show = () => text.classList.toggle("no-" + layer, !box.checked);
  show();
  box.addEventListener("change", () => {
    show();
    const now = [...document.querySelectorAll("[data-layer]")].filter((b) => !b.checked).map((b) => b.dataset.layer);
    try { localStorage.setItem(kept, JSON.stringify(now)); } catch { /* private windows keep nothing */ }
  });
}
// A link to a row opens the list that it is in.
const open = () => {
  const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const list = row && row.closest("details");
  if (list && !list.open) { list.open = true; row.scrollIntoView(); }
};
addEventListener("hashchange", open);
open();
