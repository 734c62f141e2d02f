// One WebSocket of the chat protocol: commands out, events in, answers matched with what they
// answer, and a heartbeat. It does not reconnect; actornet-chat.js does.

import { decode, encode, ofJson } from "./protobuf.js";

const requestsMax = 256; // that wait for an answer
const welcomeWithinMs = 20_000; // from the beginning to the answer to Hello
const eventKinds = new Set(["welcome", "joined", "left", "published", "members", "page", "pong",
  "failed", "message", "presence", "typing", "gap", "draining", "expiring"]);

const formats = {
  json: {
    protocol: "actornet.chat.v1.json",
    encode: (command) => JSON.stringify(command),
    decode: (data) => ofJson("Event", JSON.parse(data)),
  },
  binary: {
    protocol: "actornet.chat.v1.protobuf",
    encode: (command) => encode("Command", command),
    decode: (data) => decode("Event", new Uint8Array(data)),
  },
};

// Why something did not work. `code` is one of those that actornet-chat.d.ts lists.
export class ChatError extends Error {
  name = "ChatError";

  constructor(code, text, { retryAfterMs = 0, id } = {}) {
    super(text || code);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    if (id !== undefined) this.id = id;
  }
}

// "FAILURE_CODE_RATE_LIMITED" -> "rate_limited"; a number that this client does not know: "code_17"
export function shortName(name, prefix) {
  return typeof name === "number" ? `code_${name}` : name.slice(prefix.length).toLowerCase();
}

export function errorOf(failed) {
  const code = shortName(failed.code, "FAILURE_CODE_");
  return new ChatError(code, failed.text, { retryAfterMs: failed.retryAfterMs });
}

// Handlers, all called at most as said and never from the constructor:
//   opened()           once; say Hello now
//   event(kind, body)  for each event that answers nothing
//   ended(error)       once, the last
export class Connection {
  #environment;
  #format;
  #handlers;
  #socket;
  #requests = new Map(); // number -> (error, kind, body)
  #lastRequest = 0;
  #heartbeatMs = 0;
  #heardAt = 0;
  #pinged = false;
  #timer = null;
  #over = false;

  constructor(environment, url, format, handlers) {
    this.#environment = environment;
    this.#format = formats[format];
    this.#handlers = handlers;
    this.#socket = new environment.WebSocket(url, [this.#format.protocol]);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onopen = () => handlers.opened();
    this.#socket.onmessage = ({ data }) => this.#heard(data);
    this.#socket.onclose = ({ code, reason }) => this.#end(closedBy(code, reason));
    this.#socket.onerror = () => {}; // a close follows
    this.#wake(welcomeWithinMs, () => this.#giveUp("timed_out", "no answer to the connection"));
  }

  // Bytes that the network has not taken yet.
  get unsentBytes() {
    return this.#socket.bufferedAmount ?? 0;
  }

  // Sends `command`, {kind: body}; `answered(error, kind, body)` is called once, later.
  request(command, answered) {
    if (this.#requests.size >= requestsMax) {
      queueMicrotask(() => answered(new ChatError("queue_full", "too many commands at once")));
      return;
    }
    this.#lastRequest = (this.#lastRequest % 0xffffffff) + 1;
    this.#requests.set(this.#lastRequest, answered);
    this.#send({ request: this.#lastRequest, ...command });
  }

  // Sends `command`, of which only a failure is answered.
  tell(command) {
    this.#send(command);
  }

  // From now on a Ping after so long without a word, and the end after twice as long.
  startHeartbeat(everyMs) {
    this.#heartbeatMs = everyMs;
    this.#heardAt = this.#environment.now();
    this.#environment.clearTimeout(this.#timer);
    if (everyMs > 0) this.#wake(everyMs, () => this.#beat());
  }

  // Ends in order. `ended` is not called any more, unanswered requests fail.
  close() {
    this.#end(null);
  }

  #send(command) {
    if (this.#over) return;
    this.#socket.send(this.#format.encode(command));
  }

  #heard(data) {
    if (this.#over) return;
    this.#heardAt = this.#environment.now();
    this.#pinged = false;
    let event;
    try {
      event = this.#format.decode(data);
    } catch (error) {
      this.#giveUp("bad_event", String(error.message ?? error));
      return;
    }
    const kind = Object.keys(event).find((key) => eventKinds.has(key));
    if (kind) this.#dispatch(event.request, kind, event[kind]);
  }

  #dispatch(request, kind, body) {
    const answered = this.#requests.get(request);
    if (!answered) {
      this.#handlers.event(kind, body);
      return;
    }
    this.#requests.delete(request);
    if (kind === "failed") answered(errorOf(body));
    else answered(null, kind, body);
  }

  #beat() {
    const silentMs = this.#environment.now() - this.#heardAt;
    if (silentMs < this.#heartbeatMs) {
      this.#wake(this.#heartbeatMs - silentMs, () => this.#beat());
    } else if (this.#pinged) {
      this.#giveUp("timed_out", "the server does not answer");
    } else {
      this.#pinged = true;
      this.request({ ping: {} }, () => {});
      this.#wake(this.#heartbeatMs, () => this.#beat());
    }
  }

  #wake(afterMs, action) {
    this.#timer = this.#environment.setTimeout(action, afterMs);
  }

  #giveUp(code, text) {
    this.#end(new ChatError(code, text));
  }

  // `error` null: the owner ends it.
  #end(error) {
    if (this.#over) return;
    this.#over = true;
    this.#environment.clearTimeout(this.#timer);
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close(1000);
    const unanswered = [...this.#requests.values()];
    this.#requests.clear();
    const lost = error ?? new ChatError("connection_lost", "the connection was closed");
    for (const answered of unanswered) answered(new ChatError("connection_lost", lost.message));
    if (error) this.#handlers.ended(error);
  }
}

function closedBy(code, reason) {
  return new ChatError("connection_lost", reason || `the connection ended (${code})`);
}
