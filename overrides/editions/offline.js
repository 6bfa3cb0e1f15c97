/* For pages opened from a folder and not from a server: browsers refuse to start workers there, so the search's worker
   runs in a hidden frame of the page. Nothing is requested from anywhere. */
(() => {
  "use strict";
  if (location.protocol !== "file:") return;

  const boot = `<!doctype html><script>
    self.postMessage = data => parent.dispatchEvent(new CustomEvent(NAME, { detail: data }));
    self.importScripts = (...urls) => urls.reduce((before, url) => before.then(() => new Promise((done, failed) => {
      const script = document.createElement("script");
      Object.assign(script, { src: new URL(url, BASE), onload: done, onerror: failed });
      document.body.append(script);
    })), Promise.resolve());
  <\/script><body><script src=BASE><\/script>`;

  let count = 0;

  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const name = `worker-${count += 1}`;
      const base = new URL(url, location.href).href;
      this.waiting = [];
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.frame.title = "search";
      addEventListener(name, event => {
        const message = new MessageEvent("message", { data: event.detail });
        this.dispatchEvent(message);
        if (this.onmessage) this.onmessage(message);
      });
      document.body.append(this.frame);
      const inside = this.frame.contentWindow;
      this.frame.addEventListener("load", () => this.start());
      inside.document.open();
      inside.document.write(boot.replace("NAME", JSON.stringify(name)).replaceAll("BASE", JSON.stringify(base)));
      inside.document.close();
      this.inside = inside;
    }

    start() {
      if (!this.waiting) return;
      const waiting = this.waiting;
      this.waiting = null;
      waiting.forEach(data => this.deliver(data));
    }

    deliver(data) {
      this.inside.dispatchEvent(new MessageEvent("message", { data }));
    }

    postMessage(data) {
      if (this.waiting) this.waiting.push(data);
      else this.deliver(data);
    }

    terminate() {
      this.frame.remove();
    }
  };
})();
