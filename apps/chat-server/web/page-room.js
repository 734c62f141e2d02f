// What the page knows of one room; no document here.

const entriesMax = 1000; // messages and notices kept; older ones are loaded again on demand
const typingForgottenMs = 8_000; // a notice that nobody took back

export class RoomModel {
  entries = []; // {kind: "message", message} or {kind: "gap", gap}, in order
  pending = []; // {id, text, error: null or ChatError, position: once it is published}
  members = { users: 0, names: [], countsOnly: false };
  typing = new Map(); // user -> timer
  joined = false;
  more = true; // there may be older messages
  unread = 0;
  draft = "";

  constructor(name) {
    this.name = name;
  }

  get last() {
    const entry = this.entries.at(-1);
    return entry ? (entry.message?.position ?? entry.gap.to) : null;
  }

  get oldest() {
    return this.entries.find(({ kind }) => kind === "message")?.message.position ?? null;
  }

  get mayHaveOlder() {
    return this.more && (this.oldest?.offset ?? 0) > 1;
  }

  add(entry) {
    this.entries.push(entry);
    if (this.entries.length > entriesMax) {
      this.entries.splice(0, this.entries.length - entriesMax);
      this.more = true;
    }
  }

  // Older messages, in front.
  prepend(messages, more) {
    const known = new Set(this.entries.filter(({ kind }) => kind === "message")
      .map(({ message }) => `${message.position.epoch}/${message.position.offset}`));
    const fresh = messages.filter(({ position }) =>
      !known.has(`${position.epoch}/${position.offset}`));
    this.entries.unshift(...fresh.map((message) => ({ kind: "message", message })));
    this.more = more && fresh.length > 0;
  }

  takePending(id) {
    const at = this.pending.findIndex((entry) => entry.id === id);
    return at < 0 ? null : this.pending.splice(at, 1)[0];
  }

  // Forgets those that were published, once what came last is at or after their position.
  dropPublished(last) {
    this.pending = this.pending.filter(({ position }) => !position
      || (position.epoch === last.epoch && position.offset > last.offset));
  }

  setMembers({ users, names, countsOnly }) {
    this.members = { users, names: [...names], countsOnly };
  }

  presence({ user, present, users }) {
    const { names } = this.members;
    if (user === "") {
      this.members = { users, names: [], countsOnly: true };
      return;
    }
    const others = names.filter((name) => name !== user);
    this.members = { ...this.members, users, names: present ? [...others, user].sort() : others };
    if (!present) this.setTyping(user, false);
  }

  // `changed` is called when the notice is forgotten.
  setTyping(user, active, changed = () => {}) {
    clearTimeout(this.typing.get(user));
    this.typing.delete(user);
    if (!active) return;
    this.typing.set(user, setTimeout(() => {
      this.typing.delete(user);
      changed();
    }, typingForgottenMs));
  }

  typingText() {
    const names = [...this.typing.keys()];
    if (names.length === 0) return "";
    if (names.length === 1) return `${names[0]} is typing…`;
    if (names.length === 2) return `${names[0]} and ${names[1]} are typing…`;
    return "Several people are typing…";
  }

  forget() {
    for (const timer of this.typing.values()) clearTimeout(timer);
    this.typing.clear();
  }
}

export function gapText({ from, to, reason }) {
  const several = from.epoch === to.epoch ? to.offset - from.offset : 0;
  const what = several === 0 ? "Messages" : several === 1 ? "1 message" : `${several} messages`;
  switch (reason) {
    case "new_epoch":
      return "The server started anew and had kept nothing. Messages from before may be missing.";
    case "not_kept":
      return `${what} came while you were away and are no longer kept.`;
    case "slow_consumer":
      return `${what} left out: this browser did not read in time.`;
    default:
      return `${what} missing here.`;
  }
}
