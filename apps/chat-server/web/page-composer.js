// The field one writes in: it grows, Enter sends, typing is told.

import { byId } from "./page-dom.js";

const bytes = (text) => new TextEncoder().encode(text).length;

export class Composer {
  #field = byId("text");
  #send = byId("send");
  #actions;
  bytesMax = 0; // 0: not known

  // actions: send(text), typing(active), escape()
  constructor(actions, signal) {
    this.#actions = actions;
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    }, { signal });
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    }, { signal });
    this.#field.addEventListener("input", () => this.#changed(), { signal });
  }

  get text() {
    return this.#field.value;
  }

  set text(value) {
    this.#field.value = value;
    this.#fit();
  }

  set enabled(on) {
    this.#field.disabled = this.#send.disabled = !on;
  }

  focus() {
    this.#field.focus();
  }

  #changed() {
    this.#fit();
    this.#actions.typing(this.text.trim() !== "");
    const long = this.bytesMax > 0 && bytes(this.text) > this.bytesMax;
    this.#field.setCustomValidity(long ? `Longer than ${this.bytesMax} bytes.` : "");
    this.#field.setAttribute("aria-invalid", String(long));
  }

  #fit() {
    this.#field.rows = Math.min(6, this.text.split("\n").length);
  }

  #submit() {
    const text = this.text.trim();
    if (text === "" || this.#field.disabled || !this.#field.reportValidity()) return;
    this.text = "";
    this.#actions.typing(false);
    this.#actions.send(text);
    this.focus();
  }
}
