// How the connection is, and what went wrong.

import { button, byId, element } from "./page-dom.js";

const words = {
  connecting: "Connecting…",
  open: "Connected",
  draining: "Restarting…",
  reconnecting: "Reconnecting…",
  closed: "Signed out",
};

export class StatusView {
  constructor(tryNow, signal) {
    byId("try-now").addEventListener("click", tryNow, { signal });
  }

  show({ state, error }) {
    byId("state").dataset.state = state;
    byId("state-text").textContent = words[state];
    const away = state === "reconnecting" || state === "draining";
    byId("banner").hidden = !away;
    byId("try-now").hidden = state !== "reconnecting";
    if (!away) return;
    byId("banner-text").textContent = state === "draining" || error?.code === "draining"
      ? "The server is restarting. What you write now is sent when it is back."
      : "The connection was lost. What you write now is sent when it is back.";
  }
}

const toastsMax = 3;
const toastMs = 10_000;

export class Toasts {
  #place = byId("toasts");

  show(text) {
    const toast = element("div", { className: "toast" }, element("p", {}, text));
    toast.append(button("×", () => toast.remove(), { "aria-label": "Dismiss" }));
    this.#place.append(toast);
    while (this.#place.children.length > toastsMax) this.#place.firstChild.remove();
    setTimeout(() => toast.remove(), toastMs);
  }

  // Whether there were some.
  clear() {
    const some = this.#place.children.length > 0;
    this.#place.replaceChildren();
    return some;
  }
}
