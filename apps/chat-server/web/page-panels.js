// On narrow screens the sides are panels over the room, one at a time.

import { byId } from "./page-dom.js";

const pairs = [["show-rooms", "rooms-panel"], ["show-people", "people-panel"]];

export class Panels {
  #ended = new AbortController();

  constructor() {
    const { signal } = this.#ended;
    for (const [opener, panel] of pairs) {
      byId(opener).addEventListener("click", () => {
        const open = !byId(panel).classList.contains("shown");
        this.close();
        if (open) this.#set(opener, panel, true);
      }, { signal });
    }
    byId("chat").addEventListener("click", ({ target }) => {
      if (!target.closest(".side, .bar")) this.close();
    }, { signal });
  }

  #set(opener, panel, open) {
    byId(panel).classList.toggle("shown", open);
    byId(opener).setAttribute("aria-expanded", String(open));
    if (open) byId(panel).querySelector("button, input")?.focus();
  }

  // Whether one was open.
  close() {
    const open = pairs.filter(([, panel]) => byId(panel).classList.contains("shown"));
    for (const [opener, panel] of open) this.#set(opener, panel, false);
    return open.length > 0;
  }

  end() {
    this.close();
    this.#ended.abort();
  }
}
