/* What a term means, beside its first use in an essay. Everything works without this script: a term is a link to its
   entry in the glossary. Nothing is fetched and nothing is stored. */
(() => {
  "use strict";

  let card, shownFor, closing;

  const make = () => {
    card = document.createElement("span");
    card.className = "term-card";
    card.id = "term-card";
    card.setAttribute("role", "tooltip");
    card.hidden = true;
    card.addEventListener("pointerenter", () => clearTimeout(closing));
    card.addEventListener("pointerleave", later);
  };

  const show = link => {
    clearTimeout(closing);
    if (shownFor === link) return;
    if (!card) make();
    hide();
    card.textContent = link.dataset.means;
    // Right after the term, in the flow of reading.
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
    card.remove();
    shownFor = undefined;
  };

  const later = () => {
    clearTimeout(closing);
    closing = setTimeout(hide, 250);
  };

  const linkAt = target => target instanceof Element && target.closest("a.term");
  const inCard = target => target instanceof Node && card && card.contains(target);

  document.addEventListener("pointerover", event => {
    if (event.pointerType === "touch") return;
    const link = linkAt(event.target);
    if (link) show(link);
    else if (shownFor && !inCard(event.target)) later();
  });
  document.addEventListener("focusin", event => {
    const link = linkAt(event.target);
    if (link && link.matches(":focus-visible")) show(link);
    else if (!inCard(event.target)) hide();
  });
  document.addEventListener("keydown", event => { if (event.key === "Escape") hide(); });

  // A finger has no hover: the first tap shows the card, a second one on the same term follows the link.
  let touched = false;
  document.addEventListener("pointerdown", event => { touched = event.pointerType === "touch"; });
  document.addEventListener("click", event => {
    const link = linkAt(event.target);
    if (link && touched && shownFor !== link) {
      event.preventDefault();
      show(link);
    } else if (!link && !inCard(event.target)) hide();
  });

  // Material loads pages without leaving the document, and says so here.
  if (window.document$ && window.document$.subscribe) window.document$.subscribe(hide);
})();
