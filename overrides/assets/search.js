/* The search's index is the heaviest file of the site. Material fetches it, and starts the worker that reads it, as soon
   as a page opens; here both wait until a reader turns to the search. Without this script the search works all the same,
   and every page is four times as heavy. */
(() => {
  "use strict";
  const toggle = document.getElementById("__search");
  if (!toggle || !window.Worker) return;

  // Material ticks this box whenever the search opens: by a click, the keyboard, or an address with ?q=. An address with
  // ?h= comes from a result whose words are to be marked in the page, which takes the index too.
  const used = new Promise(start => {
    if (toggle.checked || new URLSearchParams(location.search).has("h")) start();
    else toggle.addEventListener("change", start, { once: true });
  });

  const Started = window.Worker;
  window.Worker = class extends EventTarget {
    constructor(...given) {
      super();
      this.worker = used.then(() => {
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
    if (/\/search\/search_index\.json$/.test(given[1])) this.send = (...body) => { used.then(() => send.apply(this, body)); };
    return open.apply(this, given);
  };
})();
