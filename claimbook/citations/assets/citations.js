/* Cards for citations, and a filter for the list of all sources. Everything works without this script: marks are
   links to references, and the list is whole. Nothing is fetched and nothing is stored. */
(() => {
  "use strict";

  // ---------------------------------------------------------------- cards: the reference, beside its mark

  let card, shownFor, closing;

  const make = () => {
    card = document.createElement("div");
    card.className = "citation-card md-typeset";
    card.id = "citation-card";
    card.setAttribute("role", "tooltip");
    card.hidden = true;
    card.addEventListener("pointerenter", () => clearTimeout(closing));
    card.addEventListener("pointerleave", later);
  };

  const referenceOf = link => {
    const hash = link.getAttribute("href").split("#")[1];
    return hash && link.getAttribute("href").startsWith("#") && document.getElementById(decodeURIComponent(hash));
  };

  const fill = (link, reference) => {
    card.replaceChildren();
    for (const part of reference.querySelectorAll(":scope > .reference-text, :scope > .reference-facts")) {
      const line = document.createElement("p");
      line.append(...part.cloneNode(true).childNodes);
      line.className = part.className;
      card.append(line);
    }
    if (link.dataset.locator) {
      const place = document.createElement("p");
      const word = document.createElement("strong");
      word.textContent = link.dataset.locator;
      place.append("Cited here: ", word);
      card.append(place);
    }
  };

  const show = link => {
    const reference = referenceOf(link);
    clearTimeout(closing);
    if (!reference || shownFor === link) return;
    if (!card) make();
    hide();
    fill(link, reference);
    // Right after the mark, so that the keyboard goes from the mark into the card.
    link.after(card);
    card.hidden = false;
    link.setAttribute("aria-describedby", card.id);
    shownFor = link;
    place(link);
  };

  const place = link => {
    const box = link.getClientRects()[0] || link.getBoundingClientRect();
    const parent = card.offsetParent ? card.offsetParent.getBoundingClientRect() : { left: 0, top: 0 };
    const room = document.documentElement.clientWidth;
    const left = Math.max(16, Math.min(box.left, room - card.offsetWidth - 16));
    const below = box.bottom + card.offsetHeight + 8 < window.innerHeight || box.top < card.offsetHeight + 8;
    card.style.left = `${left - parent.left}px`;
    card.style.top = `${(below ? box.bottom + 4 : box.top - card.offsetHeight - 4) - parent.top}px`;
  };

  const hide = () => {
    clearTimeout(closing);
    if (!shownFor) return;
    shownFor.removeAttribute("aria-describedby");
    card.hidden = true;
    shownFor = undefined;
  };

  const later = () => {
    clearTimeout(closing);
    closing = setTimeout(hide, 250);
  };

  const linkAt = target => target instanceof Element && target.closest("a.citation-link");
  const inCard = target => target instanceof Node && card && card.contains(target);

  document.addEventListener("pointerover", event => {
    const link = event.pointerType !== "touch" && linkAt(event.target);
    if (link) show(link);
    else if (shownFor && !inCard(event.target) && event.pointerType !== "touch") later();
  });
  document.addEventListener("focusin", event => {
    const link = linkAt(event.target);
    if (link && link.matches(":focus-visible")) show(link);
    else if (!inCard(event.target)) hide();
  });
  document.addEventListener("keydown", event => {
    if (event.key !== "Escape" || !shownFor) return;
    const link = shownFor;
    const inside = inCard(document.activeElement);
    hide();
    if (inside) link.focus();
  });

  // A finger has no hover: the first tap shows the card, a second one on the same mark follows the link.
  let touched = false;
  document.addEventListener("pointerdown", event => { touched = event.pointerType === "touch"; });
  document.addEventListener("click", event => {
    const link = linkAt(event.target);
    if (link && touched && shownFor !== link && referenceOf(link)) {
      event.preventDefault();
      show(link);
    } else if (!link && !inCard(event.target)) hide();
  });

  // ---------------------------------------------------------------- the list of all sources

  const folded = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  const start = () => {
    for (const form of document.querySelectorAll(".sources-filter[hidden]")) {
      const list = form.parentElement;
      const items = [...list.querySelectorAll(".reference-list > .reference")];
      const texts = items.map(item => folded(item.querySelector(".reference-text").textContent));
      options(form, items);
      const filter = () => apply(form, items, texts);
      form.addEventListener("input", filter);
      form.addEventListener("submit", event => event.preventDefault());
      form.hidden = false;
      filter();
    }
    for (const record of document.querySelectorAll(".reference-record")) {
      if (navigator.clipboard && !record.querySelector(".reference-copy")) record.append(" ", copyButton(record));
    }
  };

  const options = (form, items) => {
    for (const name of ["kind", "language", "year"]) {
      const counts = new Map();
      for (const item of items) {
        const value = item.dataset[name];
        if (value) counts.set(value, (counts.get(value) || 0) + 1);
      }
      const values = [...counts.keys()].sort();
      if (name === "year") values.reverse();
      for (const value of values) form.elements[name].add(new Option(`${value} (${counts.get(value)})`, value));
      form.elements[name].parentElement.hidden = values.length < 2;
    }
  };

  const apply = (form, items, texts) => {
    const words = folded(form.elements.text.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    items.forEach((item, index) => {
      const fits = ["kind", "language", "year"].every(name => {
        const wanted = form.elements[name].value;
        return !wanted || item.dataset[name] === wanted;
      }) && words.every(word => texts[index].includes(word));
      item.hidden = !fits;
      shown += fits;
    });
    form.querySelector(".sources-count").textContent = `${shown} of ${items.length} shown`;
  };

  // A link to one source must find it, whatever is filtered.
  const reveal = () => {
    const item = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (item && item.hidden) { item.hidden = false; item.scrollIntoView(); }
  };

  // A record stands in the page, or in a file that the page leads to.
  const recordText = async record => {
    const link = record.querySelector("a[href]");
    return link ? (await fetch(link.href)).text() : record.querySelector("code").textContent;
  };

  const copyButton = record => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "reference-copy";
    button.textContent = "Copy BibTeX";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(await recordText(record));
        button.textContent = "Copied";
      } catch {
        button.textContent = record.querySelector("a[href]") ? "Follow the link to copy it" : "Select the text to copy it";
      }
      setTimeout(() => { button.textContent = "Copy BibTeX"; }, 2000);
    });
    return button;
  };

  // Material loads pages without leaving the document, and says so here; other themes load them anew.
  if (window.document$ && window.document$.subscribe) window.document$.subscribe(() => { hide(); start(); reveal(); });
  else { start(); reveal(); }
  addEventListener("hashchange", reveal);
})();
