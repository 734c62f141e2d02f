// A client in a FakeWorld, with a list of what it told.

import { ChatClient } from "../../apps/chat-server/web/actornet-chat.js";
import { FakeWorld, settled } from "./fake_socket.mjs";

export { settled };

const told = ["state", "message", "gap", "joined", "left", "members", "presence", "typing", "expiring",
  "failure"];

export function makeClient(options = {}) {
  const world = new FakeWorld();
  const client = new ChatClient("ws://here/ws",
    { name: "ann", device: "d", ...options, environment: world.environment });
  const events = [];
  for (const name of told) client.on(name, (event) => events.push({ ...event, event, name }));
  const of = (name) => events.filter((event) => event.name === name);
  return { world, client, events, of };
}

// One that is welcome and in the room tea.
export async function makeMember(options = {}, newest = 0) {
  const made = makeClient(options);
  made.client.connect();
  await made.world.socket.welcome();
  made.client.join("tea");
  await made.world.socket.joined(newest);
  return made;
}

// The connection is lost, the next one welcome.
export async function comeBack({ world }, welcome = {}) {
  world.socket.lose();
  await world.advance(30_000);
  await world.socket.welcome(welcome);
}
