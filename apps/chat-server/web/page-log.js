// The list of messages of the room that is shown.

import { avatar, button, byId, dayText, element, timeText } from "./page-dom.js";
import { gapText } from "./page-room.js";

const groupMs = 5 * 60_000; // messages of one user within it stand together
const nearBottomPx = 80;

const sameDay = (a, b) => new Date(a).toDateString() === new Date(b).toDateString();

export class LogView {
  #log = byId("log");
  #list = byId("messages");
  #pending = byId("pending");
  #newest = byId("newest");
  #me = "";
  #last = null; // the message at the end of the list, if a message is there

  #stuck = true; // to the bottom, also when the log's height changes

  constructor(signal) {
    this.#newest.addEventListener("click", () => this.toBottom(), { signal });
    this.#log.addEventListener("scroll", () => {
      this.#stuck = this.#nearBottom;
      if (this.#stuck) this.#newest.hidden = true;
    }, { passive: true, signal });
    const resized = new ResizeObserver(() => this.#stuck && this.toBottom());
    resized.observe(this.#log);
    signal.addEventListener("abort", () => resized.disconnect());
  }

  get #nearBottom() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    return scrollHeight - scrollTop - clientHeight < nearBottomPx;
  }

  toBottom() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#newest.hidden = true;
    this.#stuck = true;
  }

  // The whole room anew, at its end.
  show(room, me, actions) {
    this.#me = me;
    this.#fill(room);
    this.showPending(room, actions);
    this.toBottom();
  }

  // The whole room anew, with what is seen staying where it is.
  showOlder(room) {
    const fromEnd = this.#log.scrollHeight - this.#log.scrollTop;
    this.#fill(room);
    this.#log.scrollTop = this.#log.scrollHeight - fromEnd;
  }

  #fill(room) {
    this.#last = null;
    this.#list.replaceChildren(...room.entries.flatMap((entry) => this.#nodes(entry)));
  }

  // One more entry, which the room has already.
  append(room, entry) {
    const follow = this.#nearBottom;
    this.#list.append(...this.#nodes(entry));
    const shown = this.#list.children.length;
    if (shown > 2 * room.entries.length + 200) this.#fill(room);
    if (follow || entry.message?.user === this.#me) this.toBottom();
    else this.#newest.hidden = false;
  }

  showPending(room, { retry, discard }) {
    const follow = this.#nearBottom;
    this.#pending.replaceChildren(...room.pending.map((entry) => pendingNode(entry,
      { retry, discard })));
    if (follow) this.toBottom();
  }

  #nodes(entry) {
    if (entry.kind === "gap") {
      this.#last = null;
      return [element("li", { className: "notice gap", role: "note" },
        element("span", {}, gapText(entry.gap)))];
    }
    const { message } = entry;
    const last = this.#last;
    this.#last = message;
    const nodes = [];
    if (!last || !sameDay(last.time, message.time))
      nodes.push(element("li", { className: "notice day" },
        element("span", {}, dayText(message.time))));
    const together = last && nodes.length === 0 && last.user === message.user
      && message.time - last.time < groupMs;
    nodes.push(this.#messageNode(message, together));
    return nodes;
  }

  #messageNode({ user, time, text, position }, together) {
    const mine = user === this.#me;
    const node = element("li", {
      className: `message${mine ? " mine" : ""}${together ? " together" : ""}`,
      "data-offset": position.offset,
    });
    const when = element("time", { datetime: new Date(time).toISOString() }, timeText(time));
    const author = element("span", { className: "author" }, mine ? "You" : user);
    const head = element("p", { className: together ? "head visually-hidden" : "head" }, author, " ", when);
    node.append(avatar(user), element("div", { className: "body" }, head,
      element("p", { className: "bubble", dir: "auto", title: timeText(time) }, text)));
    return node;
  }
}

function pendingNode(entry, { retry, discard }) {
  const { text, error, position } = entry;
  const body = element("div", { className: "body" },
    element("p", { className: "bubble", dir: "auto" }, text));
  if (error) {
    body.append(element("p", { className: "failed" }, `Not sent: ${error.message} `,
      button("Send again", () => retry(entry), { className: "link" }), " ",
      button("Discard", () => discard(entry), { className: "link" })));
  } else if (!position) {
    body.append(element("p", { className: "head" }, "Sending…"));
  }
  const state = error ? " refused" : position ? "" : " sending";
  return element("li", { className: `message mine together${state}` }, body);
}
