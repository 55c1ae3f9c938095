"use strict";
(function () {
  const cards = Array.from(document.querySelectorAll("figure"));
  const choices = Array.from(document.querySelectorAll(".choice"));
  const search = document.querySelector("input[type=search]");
  const shown = document.getElementById("shown");
  const none = document.getElementById("none");
  const dialog = document.querySelector("dialog");
  let open = -1;

  function wanted() {
    const filter = { class: new Set(), split: new Set(), rule: new Set() };
    for (const choice of choices)
      if (choice.getAttribute("aria-pressed") === "true") filter[choice.dataset.kind].add(choice.dataset.value);
    return filter;
  }
  function has(card, kind, values) {
    if (values.size === 0) return true;
    return JSON.parse(card.dataset[kind]).some((value) => values.has(value));
  }
  function apply() {
    const filter = wanted();
    const text = search.value.trim().toLowerCase();
    let count = 0;
    for (const card of cards) {
      const is = has(card, "class", filter.class) && has(card, "split", filter.split) &&
        has(card, "rule", filter.rule) && card.dataset.ref.toLowerCase().includes(text);
      card.hidden = !is;
      if (is) ++count;
    }
    shown.textContent = count;
    none.hidden = count > 0;
  }
  function remember() {
    const out = new URLSearchParams();
    for (const choice of choices)
      if (choice.getAttribute("aria-pressed") === "true") out.append(choice.dataset.kind, choice.dataset.value);
    if (search.value) out.append("q", search.value);
    history.replaceState(null, "", "#" + out.toString());
    apply();
  }
  function recall() {
    const from = new URLSearchParams(location.hash.slice(1));
    for (const choice of choices)
      choice.setAttribute("aria-pressed", String(from.getAll(choice.dataset.kind).includes(choice.dataset.value)));
    search.value = from.get("q") || "";
    apply();
  }
  function show(index) {
    const visible = cards.filter((card) => !card.hidden);
    if (visible.length === 0) return;
    open = (index + visible.length) % visible.length;
    const frame = document.createElement("div");
    frame.className = "frame";
    const picture = visible[open].querySelector(".picture, .missing").cloneNode(true);
    frame.append(picture);
    dialog.replaceChildren(frame, visible[open].querySelector("figcaption").cloneNode(true));
    if (!dialog.open) dialog.showModal();
  }
  for (const choice of choices)
    choice.addEventListener("click", () => {
      choice.setAttribute("aria-pressed", String(choice.getAttribute("aria-pressed") !== "true"));
      remember();
    });
  search.addEventListener("input", remember);
  window.addEventListener("hashchange", recall);
  for (const card of cards) {
    const picture = card.querySelector(".picture");
    if (picture) picture.addEventListener("click", () => show(cards.filter((other) => !other.hidden).indexOf(card)));
  }
  dialog.addEventListener("click", () => dialog.close());
  document.addEventListener("keydown", (event) => {
    if (!dialog.open) return;
    if (event.key === "ArrowRight") show(open + 1);
    if (event.key === "ArrowLeft") show(open - 1);
  });
  recall();
})();
