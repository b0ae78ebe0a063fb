"use strict";
(() => {
  const kinds = ["regional", "number", "wording"];
  const table = document.querySelector("table");
  const at = document.getElementById("at");

  // The reader's language; the switch works by itself after that.
  const preferred = (navigator.languages || [navigator.language]).find((tag) => /^(zh|en)\b/i.test(tag)) || "en";
  const ui = /^en/i.test(preferred) ? "en" : /hant|tw|hk|mo/i.test(preferred) ? "hant" : "hans";
  const switches = [...document.querySelectorAll(".languages input")];
  const chosen = document.getElementById("ui-" + ui);
  const told = () => {
    document.documentElement.lang = switches.find((input) => input.checked).value;
  };
  chosen.checked = true;
  switches.forEach((input) => input.addEventListener("change", told));
  told();

  if (!table) return;

  // Both sides of a difference, by row and number.
  const pairOf = (mark) => {
    const row = mark.closest("tr");
    return [...row.querySelectorAll(`mark[data-d="${mark.dataset.d}"]`)];
  };

  const stops = () => {
    const shown = kinds.filter((kind) => document.getElementById("show-" + kind).checked);
    const wanted = ["tr.left_only", "tr.right_only", ...shown.map((kind) => "mark." + kind)];
    const seen = new Set();
    return [...table.querySelectorAll(wanted.join(","))].filter((found) => {
      if (found.closest(".signature") || found.getClientRects().length === 0) return false;
      if (found.matches("tr")) return true;
      const key = found.closest("tr").id + " " + found.dataset.d;
      return !seen.has(key) && seen.add(key);
    });
  };

  let current = null;
  const jump = (step) => {
    const all = stops();
    if (all.length === 0) {
      at.textContent = "0 / 0";
      return;
    }
    let to = all.indexOf(current);
    if (to >= 0) {
      to = (to + step + all.length) % all.length;
    } else {
      // From where the reader is, not from the top.
      const below = all.findIndex((stop) => stop.getBoundingClientRect().top > 80);
      to = step > 0 ? Math.max(below, 0) : (below <= 0 ? all.length : below) - 1;
    }
    document.querySelectorAll(".current").forEach((old) => old.classList.remove("current"));
    current = all[to];
    (current.matches("tr") ? [current] : pairOf(current)).forEach((part) => part.classList.add("current"));
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    current.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    at.textContent = `${to + 1} / ${all.length}`;
  };

  document.querySelector(".jump").hidden = false;
  document.getElementById("next").addEventListener("click", () => jump(1));
  document.getElementById("previous").addEventListener("click", () => jump(-1));
  const counted = () => {
    const all = stops();
    at.textContent = (all.includes(current) ? all.indexOf(current) + 1 : "–") + " / " + all.length;
  };
  document.querySelectorAll(".controls input").forEach((input) => input.addEventListener("change", counted));
  counted();
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "n") jump(1);
    if (event.key === "p") jump(-1);
  });

  // What stands under the pointer lights up on both sides.
  table.addEventListener("pointerover", (event) => {
    const mark = event.target.closest("mark[data-d]");
    table.querySelectorAll("mark.pair").forEach((old) => old.classList.remove("pair"));
    if (mark) pairOf(mark).forEach((part) => part.classList.add("pair"));
  });

  // A folded row opens wherever it is clicked, unless text is being selected.
  table.addEventListener("click", (event) => {
    const row = event.target.closest("tr.quiet");
    const box = row && row.querySelector(".unfold input");
    if (!box || event.target.closest("a, label, input") || String(getSelection())) return;
    box.checked = !box.checked;
  });
})();
