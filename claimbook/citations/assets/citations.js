/* Cards for citations and for any link with a text in data-card, and a filter for the list of all sources. Everything
   works without this script: marks are links to references, and the list is whole. Nothing is fetched, nothing stored. */
(() => {
  "use strict";

  // ---------------------------------------------------------------- cards: the source, beside its mark

  // One card serves all marks. As a popover it lies above the page: nothing moves, and no table cuts it off.
  const card = document.createElement("div");
  card.className = "citation-card md-typeset";
  card.id = "citation-card";
  card.popover = "manual";
  card.setAttribute("role", "note");

  let mark, waiting;

  const named = hash => {
    // An address that somebody typed may hold anything.
    try { return document.getElementById(decodeURIComponent(hash.slice(1))); } catch { return null; }
  };

  const referenceOf = link => link.hash && link.getAttribute("href").startsWith("#") && named(link.hash);

  const line = (name, ...content) => {
    const element = document.createElement("p");
    element.className = name;
    element.append(...content);
    return element;
  };

  // What is known of a source stands beside its reference in a list; a numbered note only keeps it for us.
  const factsOf = reference => {
    const listed = reference.querySelector(".reference-facts");
    if (listed) return listed.cloneNode(true).childNodes;
    const note = reference.querySelector(".reference-note");
    if (!note) return [];
    const { facts, archive, archived } = note.dataset;
    if (!archive) return [facts];
    const copy = document.createElement("a");
    copy.href = archive;
    copy.textContent = archived;
    return [facts, " · ", copy];
  };

  // What a card can show of a link; nothing of a mark whose reference stands on another page.
  const contentOf = link => {
    if (link.dataset.card) return [line("citation-card-text", link.dataset.card)];
    const reference = referenceOf(link);
    if (!reference) return [];
    const text = (reference.querySelector(".reference-text, p") || reference).cloneNode(true);
    for (const arrow of text.querySelectorAll(".footnote-backref, .reference-note")) arrow.remove();
    const place = link.dataset.locator ? ["Cited here: ", link.dataset.locator] : [];
    return [
      line("citation-card-text", ...text.childNodes),
      line("citation-card-place", ...place),
      line("reference-facts", ...factsOf(reference)),
    ].filter(part => part.hasChildNodes());
  };

  const show = link => {
    clearTimeout(waiting);
    if (link === mark) return;
    hide();
    const content = contentOf(link);
    if (!content.length) return;
    card.replaceChildren(...content);
    card.setAttribute("aria-label", link.dataset.card ? "Meaning" : "Source");
    // Right after the mark, so that the keyboard goes from the mark into the card.
    link.after(card);
    card.showPopover();
    link.setAttribute("aria-describedby", card.id);
    mark = link;
    place();
  };

  const place = () => {
    if (!mark) return;
    const box = mark.getClientRects()[0] || mark.getBoundingClientRect();
    const room = document.documentElement.clientWidth - card.offsetWidth - 16;
    const below = box.bottom + card.offsetHeight + 8 < innerHeight || box.top < card.offsetHeight + 8;
    card.style.left = `${Math.max(16, Math.min(box.left, room))}px`;
    card.style.top = `${below ? box.bottom + 4 : box.top - card.offsetHeight - 4}px`;
  };

  const hide = () => {
    clearTimeout(waiting);
    if (!mark) return;
    mark.removeAttribute("aria-describedby");
    mark = undefined;
    card.remove(); // which closes it
  };

  // A pointer that only passes by opens nothing, and may leave for a moment on its way into the card.
  const soon = (action, time) => {
    clearTimeout(waiting);
    waiting = setTimeout(action, time);
  };

  const linkAt = target => target instanceof Element && target.closest("a.citation-link, .citation a.footnote-ref, a[data-card]");
  const inCard = target => target instanceof Node && card.contains(target);

  const listen = () => {
    document.addEventListener("pointerover", event => {
      if (event.pointerType === "touch") return;
      const link = linkAt(event.target);
      if (link) soon(() => show(link), 100);
      else if (inCard(event.target)) clearTimeout(waiting);
      else soon(hide, 250);
    });
    document.addEventListener("focusin", event => {
      const link = linkAt(event.target);
      if (link && link.matches(":focus-visible")) show(link);
      else if (!inCard(event.target)) hide();
    });
    document.addEventListener("keydown", event => {
      if (event.key !== "Escape" || !mark) return;
      // The cursor goes back to the mark first: arriving there later, it would open the card again.
      if (inCard(document.activeElement)) mark.focus();
      hide();
    });
    // A finger has no hover: the first tap shows the card, a second one on the same mark follows the link.
    let touched = false;
    document.addEventListener("pointerdown", event => { touched = event.pointerType === "touch"; });
    document.addEventListener("click", event => {
      const link = linkAt(event.target);
      if (link && touched && event.detail && link !== mark && (link.dataset.card || referenceOf(link))) {
        event.preventDefault();
        show(link);
      } else if (!inCard(event.target)) hide();
    });
    document.addEventListener("scroll", place, { capture: true, passive: true });
    addEventListener("resize", place);
  };

  // Older browsers have the links alone.
  if (card.showPopover) listen();

  // ---------------------------------------------------------------- the list of all sources

  const folded = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  const start = () => {
    for (const form of document.querySelectorAll(".sources-filter[hidden]")) {
      const list = form.parentElement;
      const items = [...list.querySelectorAll("ol > li[id]")].map(read);
      options(form, items);
      const filter = () => apply(form, items);
      form.addEventListener("input", filter);
      form.addEventListener("submit", event => event.preventDefault());
      form.hidden = false;
      filter();
    }
    for (const record of document.querySelectorAll(".reference-record")) {
      if (navigator.clipboard && !record.querySelector(".reference-copy")) record.append(" ", copyButton(record));
    }
  };

  // An entry keeps its kind, language and year as data; a line of the index says them, and is shorter so.
  const read = item => {
    if (item.dataset.kind !== undefined) return { item, ...item.dataset };
    const [kind, language] = item.querySelector("i").textContent.split(", ");
    const [year] = /\d{4}(?=[a-z]?$)/.exec(item.querySelector("a").textContent) || [];
    return { item, kind, language, year };
  };

  // Read when somebody types: hundreds of texts take a phone a while.
  const textOf = entry => entry.text ||= folded((entry.item.querySelector(".reference-text") || entry.item).textContent);

  const options = (form, items) => {
    for (const name of ["kind", "language", "year"]) {
      const counts = new Map();
      for (const item of items) {
        const value = item[name];
        if (value) counts.set(value, (counts.get(value) || 0) + 1);
      }
      const values = [...counts.keys()].sort();
      if (name === "year") values.reverse();
      for (const value of values) form.elements[name].add(new Option(`${value} (${counts.get(value)})`, value));
      form.elements[name].parentElement.hidden = values.length < 2;
    }
  };

  const apply = (form, items) => {
    const words = folded(form.elements.text.value).split(/\s+/).filter(Boolean);
    const wanted = ["kind", "language", "year"].map(name => [name, form.elements[name].value]).filter(([, value]) => value);
    let shown = 0;
    for (const entry of items) {
      const fits = wanted.every(([name, value]) => entry[name] === value) && words.every(word => textOf(entry).includes(word));
      entry.item.hidden = !fits;
      shown += fits;
    }
    form.querySelector(".sources-count").textContent = `${shown} of ${items.length} shown`;
  };

  // A link to one source must find it, whatever is filtered.
  const reveal = () => {
    const target = location.hash && named(location.hash);
    const item = target && target.closest("li[hidden]");
    if (item) { item.hidden = false; target.scrollIntoView(); }
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
