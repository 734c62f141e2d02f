// The rooms at one side and the people at the other.

import { avatar, button, byId, counted, element } from "./page-dom.js";

export class RoomList {
  #actions;
  #list = byId("rooms");

  // actions: open(name), leave(name)
  constructor(actions) {
    this.#actions = actions;
  }

  show(rooms, current) {
    const focused = document.activeElement?.dataset?.room;
    this.#list.replaceChildren(...rooms.map((room) => this.#node(room, room === current)));
    if (focused !== undefined)
      this.#list.querySelector(`[data-room="${CSS.escape(focused)}"]`)?.focus();
  }

  clear() {
    this.#list.replaceChildren();
  }

  #node({ name, unread }, current) {
    const open = button("", () => this.#actions.open(name), { className: "open", "data-room": name });
    open.append(element("span", { className: "hash", "aria-hidden": "true" }, "#"),
      element("span", { className: "room-name" }, name));
    if (current) open.setAttribute("aria-current", "true");
    if (unread > 0) {
      open.append(element("span", { className: "unread", "aria-hidden": "true" }, String(unread)),
        element("span", { className: "visually-hidden" }, `, ${unread} unread`));
    }
    const leave = button("×", () => this.#actions.leave(name),
      { className: "leave", "aria-label": `Leave ${name}`, title: "Leave" });
    return element("li", {}, open, leave);
  }
}

export function showMembers({ users, names, countsOnly }, me) {
  byId("people-count").textContent = String(users);
  document.querySelector(".people-word").textContent = users === 1 ? "person" : "people";
  const note = byId("people-note");
  note.hidden = !countsOnly;
  note.textContent = countsOnly
    ? `${counted(users, "person is", "people are")} here, too many to list.` : "";
  byId("names").replaceChildren(...names.map((name) => element("li", {}, avatar(name),
    element("span", { className: "name" }, name),
    ...(name === me ? [element("span", { className: "you" }, "you")] : []))));
}
