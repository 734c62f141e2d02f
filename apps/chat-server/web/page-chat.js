// What one sees while signed in. It lives from the first welcome to the client's end.

import { Composer } from "./page-composer.js";
import { byId, memory, paintAvatar } from "./page-dom.js";
import { LogView } from "./page-log.js";
import { Panels } from "./page-panels.js";
import { gapText, RoomModel } from "./page-room.js";
import { RoomList, showMembers } from "./page-side.js";
import { StatusView, Toasts } from "./page-status.js";
import { hex } from "./values.js";

const firstRoom = "lobby";
const pageMessages = 50;
const roomNames = (names) => Array.isArray(names) && names.every((name) => typeof name === "string");

export class ChatPage {
  #client;
  #rooms = new Map(); // name -> RoomModel
  #current = null;
  #toasts = new Toasts();
  #panels = new Panels();
  #log;
  #status;
  #list;
  #composer;
  #ended = new AbortController(); // takes the listeners away

  constructor(client, signOut) {
    this.#client = client;
    const { signal } = this.#ended;
    this.#log = new LogView(signal);
    this.#status = new StatusView(() => client.reconnectNow(), signal);
    this.#list = new RoomList({ open: (name) => this.#open(name),
      leave: (name) => this.#leave(name) });
    this.#composer = new Composer({
      send: (text) => this.#send(text),
      typing: (active) => this.#current && client.typing(this.#current.name, active),
      escape: () => this.#escape(),
    }, signal);
    this.#listen(signal, signOut);
    this.#follow();
    byId("sign-in").hidden = true;
    byId("chat").hidden = false;
    this.#welcomed(client.welcome);
    this.#openFirst();
  }

  end() {
    this.#ended.abort();
    for (const room of this.#rooms.values()) room.forget();
    this.#panels.end();
    this.#toasts.clear();
    this.#list.clear();
  }

  #listen(signal, signOut) {
    byId("sign-out").addEventListener("click", signOut, { signal });
    byId("older").addEventListener("click", () => this.#loadOlder(), { signal });
    byId("join-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#join(byId("room-name").value.trim());
      byId("room-name").value = "";
    }, { signal });
    window.addEventListener("online", () => this.#client.reconnectNow(), { signal });
    window.addEventListener("hashchange", () => this.#join(roomOfAddress()), { signal });
    document.addEventListener("visibilitychange", () => this.#seen(), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  // -- the client's events -----------------------------------------------------------------------

  #follow() {
    const on = (name, handler) => this.#client.on(name, handler);
    on("state", (change) => this.#stateChanged(change));
    on("joined", ({ room, members }) => this.#joined(this.#rooms.get(room), members));
    on("left", ({ room, error }) => {
      this.#toasts.show(`${room}: ${error.message}`);
      this.#forget(room);
    });
    on("message", (message) => this.#arrived(message.room, { kind: "message", message }));
    on("gap", (gap) => this.#arrived(gap.room, { kind: "gap", gap }));
    on("members", (members) => {
      this.#rooms.get(members.room)?.setMembers(members);
      this.#showPeople();
    });
    on("presence", (presence) => {
      this.#rooms.get(presence.room)?.presence(presence);
      this.#showPeople();
    });
    on("typing", ({ room, user, active }) => {
      this.#rooms.get(room)?.setTyping(user, active, () => this.#showTyping());
      this.#showTyping();
    });
    on("failure", (error) => this.#toasts.show(error.message));
    on("expiring", ({ at }) => this.#toasts.show(
      `Your token expires at ${new Date(at).toLocaleTimeString()}. Sign in again before that.`));
  }

  #stateChanged(change) {
    this.#status.show(change);
    if (change.state === "reconnecting") {
      for (const room of this.#rooms.values()) room.forget(); // who is typing
      this.#showTyping();
    }
    if (change.state === "open") this.#welcomed(change.welcome);
  }

  #welcomed({ user, openToAll, textBytesMax }) {
    byId("open-to-all").hidden = !openToAll;
    byId("me-name").textContent = user;
    paintAvatar(byId("me-avatar"), user);
    this.#composer.bytesMax = textBytesMax;
    this.#status.show({ state: this.#client.state });
  }

  #joined(room, members) {
    if (!room) return;
    const first = !room.joined;
    room.joined = true;
    room.setMembers(members);
    if (room !== this.#current) return;
    this.#showPeople();
    if (first) this.#showEmpty();
  }

  #arrived(name, entry) {
    const room = this.#rooms.get(name);
    if (!room) return;
    const { message } = entry;
    if (message?.user === this.#me) room.takePending(message.id);
    if (message) room.setTyping(message.user, false);
    room.add(entry);
    room.dropPublished(room.last);
    if (room === this.#current) this.#showArrived(room, entry);
    else if (message && message.user !== this.#me) room.unread += 1;
    if (room !== this.#current || document.hidden) this.#showRooms();
  }

  #showArrived(room, entry) {
    if (document.hidden && entry.message && entry.message.user !== this.#me) room.unread += 1;
    this.#log.append(room, entry);
    this.#log.showPending(room, this.#pendingActions);
    this.#showTyping();
    this.#showEmpty();
    const { message, gap } = entry;
    if (gap) byId("announcer").textContent = gapText(gap);
    else if (message.user !== this.#me)
      byId("announcer").textContent = `${message.user}: ${message.text}`;
  }

  // -- rooms -------------------------------------------------------------------------------------

  get #me() {
    return this.#client.welcome.user;
  }

  #openFirst() {
    const known = memory.get("rooms");
    const names = roomNames(known) && known.length > 0 ? known : [firstRoom];
    const asked = roomOfAddress();
    for (const name of names) this.#add(name);
    this.#join(asked || names[0]);
  }

  #add(name) {
    if (this.#rooms.has(name)) return;
    this.#rooms.set(name, new RoomModel(name));
    this.#client.join(name);
    memory.set("rooms", [...this.#rooms.keys()]);
  }

  #join(name) {
    if (!name) return;
    this.#add(name);
    this.#open(name);
  }

  #open(name) {
    const room = this.#rooms.get(name);
    if (!room) return;
    if (this.#current) this.#current.draft = this.#composer.text;
    this.#current = room;
    room.unread = 0;
    history.replaceState(null, "", `#${encodeURIComponent(name)}`);
    this.#composer.text = room.draft;
    this.#composer.enabled = true;
    this.#log.show(room, this.#me, this.#pendingActions);
    this.#showAll();
    this.#panels.close();
    this.#composer.focus();
  }

  #leave(name) {
    this.#client.leave(name);
    this.#forget(name);
    this.#composer.focus();
  }

  #forget(name) {
    const room = this.#rooms.get(name);
    if (!room) return;
    room.forget();
    this.#rooms.delete(name);
    memory.set("rooms", [...this.#rooms.keys()]);
    if (room !== this.#current) return this.#showRooms();
    this.#current = null;
    const next = this.#rooms.keys().next().value;
    if (next !== undefined) return this.#open(next);
    this.#showNoRoom();
  }

  #showNoRoom() {
    history.replaceState(null, "", location.pathname + location.search);
    this.#composer.text = "";
    this.#composer.enabled = false;
    this.#log.show(new RoomModel(""), this.#me, this.#pendingActions);
    this.#showAll();
  }

  #step(by) {
    const names = [...this.#rooms.keys()];
    const at = names.indexOf(this.#current?.name);
    if (names.length > 0) this.#open(names[(at + by + names.length) % names.length]);
  }

  async #loadOlder() {
    const room = this.#current;
    const older = byId("older");
    older.disabled = true;
    try {
      const page = await this.#client.history(room.name,
        { before: room.oldest, count: pageMessages });
      room.prepend(page.messages, page.more);
      if (room === this.#current) this.#log.showOlder(room);
    } catch (error) {
      this.#toasts.show(`Older messages: ${error.message}`);
    }
    older.disabled = false;
    this.#showEmpty();
    if (older.hidden) byId("log").focus();
  }

  // -- what the user says --------------------------------------------------------------------------

  #send(text) {
    const room = this.#current;
    const entry = { text, error: null };
    room.pending.push(entry);
    this.#publish(room, entry);
    this.#log.toBottom();
  }

  #publish(room, entry) {
    entry.error = null;
    entry.id ??= hex(crypto.getRandomValues(new Uint8Array(16)));
    this.#client.publish(room.name, entry.text, { id: entry.id }).then(({ position }) => {
      entry.position = position;
      if (room.last?.epoch === position.epoch) room.dropPublished(room.last);
    }, (error) => {
      entry.error = error;
      byId("announcer").textContent = `Not sent: ${error.message}`;
    }).finally(() => {
      if (room === this.#current) this.#log.showPending(room, this.#pendingActions);
    });
    this.#log.showPending(room, this.#pendingActions);
    this.#showEmpty();
  }

  #pendingActions = {
    retry: (entry) => {
      this.#publish(this.#current, entry);
      this.#composer.focus();
    },
    discard: (entry) => {
      this.#current.takePending(entry.id);
      this.#log.showPending(this.#current, this.#pendingActions);
      this.#showEmpty();
      this.#composer.focus();
    },
  };

  #key(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.altKey && by) {
      event.preventDefault();
      this.#step(by);
    } else if (event.key === "Escape" && !event.defaultPrevented) {
      this.#escape();
    }
  }

  #escape() {
    if (!this.#panels.close() && !this.#toasts.clear()) this.#log.toBottom();
    this.#composer.focus();
  }

  #seen() {
    if (document.hidden || !this.#current) return;
    this.#current.unread = 0;
    this.#showRooms();
  }

  // -- what is shown -------------------------------------------------------------------------------

  #showAll() {
    byId("room-title").textContent = this.#current?.name ?? "No room";
    this.#showRooms();
    this.#showPeople();
    this.#showTyping();
    this.#showEmpty();
  }

  #showRooms() {
    this.#list.show([...this.#rooms.values()], this.#current);
    const unread = [...this.#rooms.values()].reduce((sum, room) => sum + room.unread, 0);
    const where = this.#current ? `${this.#current.name} · ` : "";
    document.title = `${unread ? `(${unread}) ` : ""}${where}actornet chat`;
  }

  #showPeople() {
    showMembers(this.#current?.members ?? { users: 0, names: [], countsOnly: false }, this.#me);
  }

  #showTyping() {
    byId("typing").textContent = this.#current?.typingText() ?? "";
  }

  #showEmpty() {
    const room = this.#current;
    const empty = room ? room.entries.length + room.pending.length === 0 : true;
    byId("empty").hidden = !empty || (room !== null && !room.joined);
    byId("empty-title").textContent = room ? `Nothing in ${room.name} yet` : "You are in no room";
    byId("empty-text").textContent = room
      ? "Say hello. Whoever joins later sees it, too."
      : "Join one to begin: type its name beside “Join”.";
    byId("older").hidden = !room?.mayHaveOlder;
  }
}

function roomOfAddress() {
  try {
    return decodeURIComponent(location.hash.slice(1)).trim();
  } catch {
    return "";
  }
}
