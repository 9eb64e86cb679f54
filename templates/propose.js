(() => {
  const map = document.querySelector(".drawing");
  const parts = [...document.querySelectorAll(".drawing .box, .drawing .line")];
  const light = (test) => {
    map.classList.toggle("dim", Boolean(test));
    for (const one of parts) one.classList.toggle("lit", Boolean(test && test(one)));
  };
  const ofGroup = (group) => (one) => one.dataset.group === group;
  for (const box of document.querySelectorAll(".drawing .box.in")) {
    box.addEventListener("mouseenter", () => light(ofGroup(box.dataset.group)));
    box.addEventListener("mouseleave", () => search());
  }
  const field = document.getElementById("filter");
  const search = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    light(words.length && ((one) => words.every((word) => one.dataset.text.includes(word))));
  };
  field.addEventListener("input", search);
  field.addEventListener("keydown", (event) => { if (event.key === "Escape") search(); });
})();
