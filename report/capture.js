"use strict";
(function () {
  const cards = Array.from(document.querySelectorAll("figure"));
  const choices = Array.from(document.querySelectorAll(".choice"));
  const shown = document.getElementById("shown");
  const none = document.getElementById("none");
  function apply() {
    const wanted = new Set(choices.filter((choice) => choice.getAttribute("aria-pressed") === "true").map((choice) => choice.dataset.value));
    let count = 0;
    for (const card of cards) {
      card.hidden = wanted.size > 0 && !wanted.has(card.dataset.reason);
      if (!card.hidden) ++count;
    }
    shown.textContent = count;
    none.hidden = count > 0;
  }
  for (const choice of choices)
    choice.addEventListener("click", () => {
      choice.setAttribute("aria-pressed", String(choice.getAttribute("aria-pressed") !== "true"));
      apply();
    });
  function show(id) {
    const card = document.getElementById(id);
    if (!card) return;
    if (card.hidden) {
      for (const choice of choices) choice.setAttribute("aria-pressed", "false");
      apply();
    }
    if (location.hash !== "#" + id) location.hash = id;
    card.scrollIntoView({ block: "center" });
  }
  for (const link of document.querySelectorAll("figcaption a"))
    link.addEventListener("click", (event) => {
      event.preventDefault();
      show(link.getAttribute("href").slice(1));
    });
  for (const bar of document.querySelectorAll(".strip rect"))
    bar.addEventListener("click", () => show("f" + bar.dataset.frame));
})();
