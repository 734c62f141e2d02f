// Small helpers of the page. Text reaches the document as text only: there is no innerHTML here.

export const byId = (id) => document.getElementById(id);

// <tag class=… attributes…>children</tag>; children are nodes or text.
export function element(tag, { className, ...attributes } = {}, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function button(text, action, attributes = {}) {
  const made = element("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", action);
  return made;
}

const tones = 8; // colours of avatars in page.css

export function avatar(name) {
  const made = element("span", { "aria-hidden": "true" });
  paintAvatar(made, name);
  return made;
}

export function paintAvatar(where, name) {
  let sum = 2166136261; // FNV-1a
  for (const letter of name) sum = Math.imul(sum ^ letter.codePointAt(0), 16777619) >>> 0;
  where.className = `avatar tone-${(sum >>> 13) % tones}`;
  where.textContent = ([...name][0] ?? "?").toUpperCase();
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat(undefined,
  { weekday: "long", day: "numeric", month: "long", year: "numeric" });

export const timeText = (ms) => clock.format(ms);
export const dayText = (ms) => calendar.format(ms);
export const counted = (n, one, many) => `${n} ${n === 1 ? one : many}`;

// localStorage, which a browser may refuse.
export const memory = {
  get(key) {
    try {
      return JSON.parse(localStorage.getItem(`actornet-chat.${key}`));
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`actornet-chat.${key}`, JSON.stringify(value));
    } catch { /* it is a convenience only */ }
  },
};
