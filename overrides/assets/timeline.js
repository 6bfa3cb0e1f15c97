/* A filter for the timeline. Everything works without this script: the list is whole, and the form stays hidden.
   Nothing is fetched and nothing is stored. */
(() => {
  "use strict";

  const folded = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  const start = () => {
    for (const form of document.querySelectorAll(".timeline-filter[hidden]")) {
      const events = [...document.querySelectorAll(".timeline-events > [data-themes]")];
      const texts = events.map(event => folded(event.textContent));
      const apply = () => filter(form, events, texts);
      form.addEventListener("input", apply);
      form.addEventListener("submit", event => event.preventDefault());
      form.hidden = false;
      // A browser may bring back what was chosen before.
      apply();
    }
  };

  const filter = (form, events, texts) => {
    const theme = form.elements.theme.value;
    const words = folded(form.elements.words.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    events.forEach((event, index) => {
      const fits = (!theme || event.dataset.themes.split(" ").includes(theme)) && words.every(word => texts[index].includes(word));
      event.hidden = !fits;
      shown += fits;
    });
    for (const list of document.querySelectorAll(".timeline-events")) {
      const empty = !list.querySelector("[data-themes]:not([hidden])");
      list.hidden = empty;
      const heading = list.previousElementSibling;
      if (heading && heading.classList.contains("timeline-period")) heading.hidden = empty;
    }
    form.querySelector(".timeline-count").textContent = `${shown} of ${events.length} shown`;
  };

  // A link to one event or year must find it, whatever is filtered.
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const form = document.querySelector(".timeline-filter");
    if (!target || !form || !target.closest("[data-themes], .timeline-period")) return;
    if (!target.closest("[hidden]")) return;
    form.reset();
    form.dispatchEvent(new Event("input"));
    target.scrollIntoView();
  };

  start();
  reveal();
  addEventListener("hashchange", reveal);
})();
