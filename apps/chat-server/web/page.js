// The page: signing in, then page-chat.js until the user signs out or the server refuses.

import { ChatClient } from "./actornet-chat.js";
import { ChatPage } from "./page-chat.js";
import { byId, memory } from "./page-dom.js";

const refusals = {
  bad_token: "The server does not take this token.",
  token_expired: "The token has expired. Sign in with a new one.",
  bad_name: "The server does not take this name.",
};

function refusalText(error, token) {
  if (error.code === "bad_token" && !token) return "This server asks for a token.";
  return refusals[error.code] ?? error.message;
}

const form = byId("sign-in-form");
const nameField = byId("name");
const tokenField = byId("token");
const problem = byId("sign-in-problem");

// ws://…/ws beside this page; `?format=binary` for protobuf frames.
function serverUrl() {
  const url = new URL("ws", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.search = url.hash = "";
  return url;
}

function showToken(shown) {
  byId("token-part").hidden = !shown;
  byId("use-token").setAttribute("aria-expanded", String(shown));
  byId("use-token").textContent = shown ? "I have no token" : "I have a token";
}

function showSignIn(text = "") {
  byId("chat").hidden = true;
  byId("sign-in").hidden = false;
  byId("sign-in-button").disabled = false;
  problem.hidden = text === "";
  problem.textContent = text;
  document.title = "actornet chat";
  (byId("token-part").hidden ? nameField : tokenField).focus();
}

function clientFor(name, token) {
  const format = new URLSearchParams(location.search).get("format") === "binary"
    ? "binary" : "json";
  return new ChatClient(serverUrl(), { name, token, format });
}

function signIn() {
  const name = nameField.value.trim();
  const token = byId("token-part").hidden ? "" : tokenField.value.trim();
  if (!name && !token) {
    showSignIn("Please choose a name.");
    return;
  }
  const client = clientFor(name, token || undefined);
  let page = null;
  byId("sign-in-button").disabled = true;
  problem.hidden = true;
  client.on("state", ({ state, error }) => {
    if (state === "open" && !page) {
      memory.set("name", name);
      tokenField.value = "";
      page = new ChatPage(client, () => client.close());
    } else if (state === "reconnecting" && !page) {
      problem.hidden = false;
      problem.textContent = "The server cannot be reached. Trying again…";
    } else if (state === "closed") {
      page?.end();
      if (error && error.code.includes("token")) showToken(true);
      showSignIn(error ? refusalText(error, token) : "");
    }
  });
  client.connect();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!byId("sign-in-button").disabled) signIn();
});
byId("use-token").addEventListener("click", () => {
  showToken(byId("token-part").hidden);
  (byId("token-part").hidden ? nameField : tokenField).focus();
});

nameField.value = memory.get("name") ?? "";
showSignIn();
