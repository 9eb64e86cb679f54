"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const details = all("details");
  const entries = all("[data-filter]");
  const field = document.getElementById("filter");
  const found = document.getElementById("found");
  const texts = new Map();

  const textOf = (entry) => {
    if (!texts.has(entry)) texts.set(entry, entry.textContent.toLowerCase());
    return texts.get(entry);
  };
  const filter = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const entry of entries) {
      const hit = words.every((word) => textOf(entry).includes(word));
      entry.hidden = !hit;
      count += hit;
    }
    found.textContent = words.length ? `${count} of ${entries.length} shown` : "";
  };
  const reveal = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (target.hidden) {
      field.value = "";
      filter();
    }
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target.scrollIntoView();
  };

  document.querySelector(".tools").hidden = false;
  field.addEventListener("input", filter);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      field.value = "";
      filter();
    }
  });
  document.getElementById("expand").addEventListener("click", () => details.forEach((one) => { one.open = true; }));
  document.getElementById("collapse").addEventListener("click", () => details.forEach((one) => { one.open = false; }));
  addEventListener("hashchange", reveal);
  reveal();

  let before = [];
  addEventListener("beforeprint", () => {
    before = details.filter((one) => !one.open);
    before.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => before.forEach((one) => { one.open = false; }));

  const ribbons = document.querySelector(".ribbons");
  for (const node of all(".node")) {
    const key = "source" in node.dataset ? "source" : "table";
    node.addEventListener("mouseenter", () => {
      ribbons.classList.add("dim");
      for (const one of ribbons.children) one.classList.toggle("lit", one.dataset[key] === node.dataset[key]);
    });
    node.addEventListener("mouseleave", () => ribbons.classList.remove("dim"));
  }
})();
