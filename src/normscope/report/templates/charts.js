"use strict";
// A figure answers to the pointer once it has come near the screen. Until then, in print and without scripts, the drawing that
// is in the page stands, and it stays where anything goes wrong. Nothing is loaded: the loader refuses every address.
(() => {
  const source = document.getElementById("chart-source");
  if (!source || !window.IntersectionObserver) return;
  const refuse = () => Promise.reject(new Error("this page loads nothing"));
  const options = {
    mode: "vega-lite", renderer: "svg", actions: false, defaultStyle: false, hover: false, ast: true,
    loader: { load: refuse, sanitize: refuse, http: refuse, file: refuse },
    tooltip: { id: "tip", disableDefaultStyle: true },
  };
  const started = () => {
    if (!window.vegaEmbed) {
      const script = document.createElement("script");
      script.textContent = source.textContent;
      document.head.append(script);
    }
    return window.vegaEmbed;
  };
  const enliven = (drawing) => {
    const spec = JSON.parse(drawing.parentElement.querySelector("script.chart").textContent);
    const stage = document.createElement("div");
    // the drawing as a whole has its words; its hundred marks would only be noise to who hears the page
    stage.setAttribute("aria-hidden", "true");
    started()(stage, spec, options).then(
      () => drawing.replaceChildren(stage),
      () => {},
    );
  };
  const watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watch.unobserve(target);
      requestAnimationFrame(() => setTimeout(enliven, 0, target));
    }
  }, { rootMargin: "200px" });
  for (const drawing of document.querySelectorAll("figure .drawing")) watch.observe(drawing);
})();
