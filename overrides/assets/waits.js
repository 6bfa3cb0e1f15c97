/* What waits for its reader. A page can be read as it comes; the theme's script lays all of it out anew when it starts,
   and the search's index is the heaviest file of the site. So the script is fetched at the first sign of a reader (it marks
   the section in view, switches the colours, runs the search), and the index when a reader turns to the search. Without
   this script the pages are as they are for those who run none. */
(() => {
  "use strict";
  const theme = document.querySelector("script[data-src]");
  if (!theme) return;

  const toggle = document.getElementById("__search");
  const asked = new URLSearchParams(location.search);

  // The first sign of a reader: a finger is over what it touches, too. An address with ?q= asks for a search, one with ?h= for a search's words to be marked;
  // one that names a place may name something folded, which the theme's script opens.
  const signs = ["pointerover", "keydown", "focusin", "scroll"];
  const started = new Promise(start => {
    const fetchScript = () => {
      signs.forEach(sign => removeEventListener(sign, fetchScript, true));
      const script = document.createElement("script");
      script.src = theme.dataset.src;
      script.onload = () => {
        // The theme's parts start when the page has been read, which it was before their script came.
        document.dispatchEvent(new Event("DOMContentLoaded"));
        start();
      };
      theme.replaceWith(script);
    };
    if (asked.has("q") || asked.has("h") || location.hash || toggle?.checked) fetchScript();
    else signs.forEach(sign => addEventListener(sign, fetchScript, { capture: true, passive: true }));
  });

  // What a reader asks for before the script has come is done when it has: other colours, or the search by its keys.
  const colours = event => {
    const label = event.target.closest?.("label[for^=__palette]");
    if (!label) return;
    event.preventDefault();
    started.then(() => label.click());
  };
  const keys = event => {
    if (event.target !== document.body || !/^[fs/]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    started.then(() => document.querySelector(".md-search__input")?.focus());
  };
  addEventListener("click", colours, true);
  addEventListener("keydown", keys, true);
  started.then(() => {
    removeEventListener("click", colours, true);
    removeEventListener("keydown", keys, true);
  });

  // What the style sheets leave until it comes near is laid out a little at a time once the page stands, so that a
  // picture of the whole page has it, and what lies below doesn't move when a reader gets there.
  addEventListener("load", () => {
    const late = [...document.querySelectorAll(".reference, .sources-letter, .timeline-event, .timeline-events, .glossary-term")];
    const soon = window.requestIdleCallback ?? (step => setTimeout(step, 50));
    const layOut = () => {
      const end = performance.now() + 8;
      while (late.length && performance.now() < end) {
        const part = late.shift();
        part.style.contentVisibility = "visible";
        part.getBoundingClientRect(); // laid out now, so that its time counts
      }
      if (late.length) soon(layOut);
    };
    soon(layOut);
  });

  // Material ticks this box whenever the search opens.
  if (!toggle || !window.Worker) return;
  const searched = new Promise(start => {
    if (toggle.checked || asked.has("h")) start();
    else toggle.addEventListener("change", start, { once: true });
  });

  const Started = window.Worker;
  window.Worker = class extends EventTarget {
    constructor(...given) {
      super();
      this.worker = searched.then(() => {
        const worker = new Started(...given);
        worker.onmessage = event => this.dispatchEvent(new MessageEvent("message", { data: event.data }));
        return worker;
      });
    }

    postMessage(...given) {
      this.worker.then(worker => worker.postMessage(...given));
    }

    terminate() {
      this.worker.then(worker => worker.terminate());
    }
  };

  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (...given) {
    if (/\/search\/search_index\.json$/.test(given[1])) this.send = (...body) => { searched.then(() => send.apply(this, body)); };
    return open.apply(this, given);
  };
})();
