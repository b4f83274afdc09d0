"use strict";
(() => {
  const bar = document.getElementById("filter");
  const topic = document.getElementById("topic");
  const find = document.getElementById("find");
  const found = document.getElementById("found");
  const items = Array.from(document.querySelectorAll("details.dilemma"));
  const texts = [];
  const apply = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    items.forEach((item, i) => {
      if (words.length && texts[i] === undefined) texts[i] = item.textContent.toLowerCase();
      const fits = (!topic.value || item.dataset.topic === topic.value) && words.every((w) => texts[i].includes(w));
      item.hidden = !fits;
      if (fits) shown += 1;
    });
    found.textContent = `${shown} of ${items.length} dilemmas`;
  };
  topic.addEventListener("change", apply);
  find.addEventListener("input", apply);
  bar.hidden = false;
  apply();
})();
