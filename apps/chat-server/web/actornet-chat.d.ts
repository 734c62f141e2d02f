/** Where a message stands in its room. Offsets count from 1 as long as the epoch stays the same. */
export interface Position {
  /** An opaque decimal number; another one means that what the server had kept is lost. */
  epoch: string;
  offset: number;
}

export interface Message {
  room: string;
  position: Position;
  user: string;
  /** The one that its sender gave to `publish`. */
  id: string;
  /** The server's, in Unix milliseconds. */
  time: number;
  text: string;
}

/** Messages that this client will not get: those after `from`, up to and including `to`. */
export interface Gap {
  room: string;
  from: Position;
  to: Position;
  /** `unknown`: offsets were missing and the server did not say why. */
  reason: "not_kept" | "new_epoch" | "slow_consumer" | "unspecified" | "unknown" | (string & {});
}

export interface Members {
  room: string;
  users: number;
  /** In order; empty when `countsOnly`. */
  names: string[];
  countsOnly: boolean;
}

export interface Presence {
  room: string;
  /** Empty in big rooms: only the count changed. */
  user: string;
  present: boolean;
  users: number;
}

export interface Typing {
  room: string;
  user: string;
  active: boolean;
}

export interface Joined {
  room: string;
  /** Offset 0: no message yet. */
  newest: Position;
  members: Members;
  /** Joined again after a lost connection; what was missed follows as messages and gaps. */
  resumed: boolean;
}

export interface HistoryPage {
  room: string;
  /** Oldest first. */
  messages: Message[];
  /** There are older ones. */
  more: boolean;
}

export interface Welcome {
  user: string;
  /** Changes when the server starts anew. */
  server: string;
  heartbeatMs: number;
  /** Unix milliseconds; 0: never. */
  tokenExpiresMs: number;
  /** Nobody checks who says who he is. */
  openToAll: boolean;
  textBytesMax: number;
}

export interface Published {
  id: string;
  position: Position;
  /** It was published before; `position` is the first one. */
  again: boolean;
}

/**
 * - `connecting`: until the first welcome
 * - `open`: commands are carried out
 * - `draining`: the server ends soon; what is published now waits
 * - `reconnecting`: between two tries, and during one after the first
 * - `closed`: before `connect`, after `close`, or refused for good
 */
export type State = "connecting" | "open" | "draining" | "reconnecting" | "closed";

export interface StateChange {
  state: State;
  /** With `open`. */
  welcome?: Welcome;
  /** Why, with `reconnecting`; with `closed` if the server refused. */
  error?: ChatError;
  /** With `reconnecting` and `draining`: how long until the next try. */
  waitMs?: number;
  /** With `draining`: what was kept is still there afterwards. */
  resume?: boolean;
}

/** The server's codes (docs/protocol.md, "Failures") and the client's own. */
export type ErrorCode =
  | "bad_command" | "bad_token" | "token_expired" | "not_allowed" | "bad_name" | "bad_text"
  | "not_joined" | "too_many" | "rate_limited" | "unavailable" | "unsupported_version"
  | "connection_lost" | "timed_out" | "bad_event" | "draining" | "closed" | "left" | "queue_full"
  | (string & {});

export class ChatError extends Error {
  constructor(code: ErrorCode, text?: string, more?: { retryAfterMs?: number; id?: string });
  readonly code: ErrorCode;
  /** Of `rate_limited`; 0: not said. */
  readonly retryAfterMs: number;
  /** Of a message that was not published: give it to `publish` to try again without doubling. */
  readonly id?: string;
}

export interface Options {
  /** Who one is, where the server asks for no token. */
  name?: string;
  /** A JWT, or what gets one: asked at each connection and when the server says it expires. */
  token?: string | (() => string | Promise<string>);
  /** Tells the devices of a user apart; made anew by default. Keep it where one can. */
  device?: string;
  /** `json` (the default): text frames; `binary`: protobuf. */
  format?: "json" | "binary";
  /** How many of a room's newest messages a first join asks for; default 50. */
  history?: number;
  /** Rooms joined at a time; default 64. */
  roomsMax?: number;
  /** Messages without an answer; more are refused with `queue_full`; default 100. */
  publishesMax?: number;
  /** The wait before try n is random below `firstMs` * 2^n, at most `maxMs`; 500 and 30,000. */
  backoff?: { firstMs?: number; maxMs?: number };
  /** Instead of the globals. Node before 22 has no WebSocket, Node 18 no crypto. */
  environment?: Partial<{
    WebSocket: unknown;
    setTimeout: (action: () => void, ms: number) => unknown;
    clearTimeout: (timer: unknown) => void;
    now: () => number;
    random: () => number;
    randomBytes: (size: number) => Uint8Array;
    /** Told of what a handler of ours threw; by default it becomes an uncaught error. */
    report: (error: unknown) => void;
  }>;
}

export interface Events {
  state: StateChange;
  /** In order and once, or covered by a `gap`. One's own, too. */
  message: Message;
  gap: Gap;
  joined: Joined;
  /** A room that cannot be joined (again), or that a new token does not name. */
  left: { room: string; error: ChatError };
  /** The list anew: the room became big or small, or changes came too fast to tell one by one. */
  members: Members;
  presence: Presence;
  typing: Typing;
  /** The token ends `at` (Unix ms). With `token` as a function the client sees to it itself. */
  expiring: { at: number };
  /** What failed and nobody waits for. */
  failure: ChatError;
}

/**
 * One user's connection to a chat server. It reconnects by itself, joins its rooms again and resumes
 * where they were. Every promise settles: with an answer, a ChatError, or at `close`.
 */
export class ChatClient {
  /** `url`: ws:// or wss://. Nothing happens before `connect`. */
  constructor(url: string | URL, options?: Options);
  readonly state: State;
  /** The newest; null before the first. */
  readonly welcome: Welcome | null;
  /** The rooms that it is in or wants to be in. */
  readonly rooms: string[];

  /** Returns what removes the handler. Handlers run in the order of events and must not block. */
  on<Name extends keyof Events>(name: Name, handler: (event: Events[Name]) => void): () => void;

  /** Resolves at the first welcome; rejects when the server refuses for good, or at `close`. */
  connect(): Promise<Welcome>;
  /** Leaves all rooms; what is unanswered rejects with `closed`. `connect` may follow. */
  close(): void;
  /** Does not wait any longer for the next try; for example when the network is back. */
  reconnectNow(): void;

  /**
   * `after`: where the user's copy of the room ends; without it the `history` newest messages come
   * first. Resolves when joined, however many connections that takes.
   */
  join(room: string, options?: { history?: number; after?: Position | null }): Promise<Joined>;
  leave(room: string): void;

  /**
   * Resolves when the server has it. Sent again after a lost connection, with the same id, so that
   * nothing is there twice. Rejects with the id when it was not published.
   */
  publish(room: string, text: string, options?: { id?: string }): Promise<Published>;
  /** To be called at each key; sends seldom. */
  typing(room: string, active?: boolean): void;
  who(room: string): Promise<Members>;
  /** Messages older than `before`; without it the newest. */
  history(room: string, options?: { before?: Position | null; count?: number })
    : Promise<HistoryPage>;
  /** A new token for the same user. */
  refresh(token: string): Promise<Welcome>;
}
