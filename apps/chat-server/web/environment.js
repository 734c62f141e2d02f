// What the client takes from where it runs. Tests, and runtimes that lack something, give their own.
export function systemEnvironment() {
  return {
    WebSocket: globalThis.WebSocket,
    setTimeout: (action, ms) => setTimeout(action, ms),
    clearTimeout: (timer) => clearTimeout(timer),
    now: () => performance.now(),
    random: Math.random,
    randomBytes: (size) => globalThis.crypto.getRandomValues(new Uint8Array(size)),
    report: (error) => queueMicrotask(() => { throw error; }), // of a handler that threw
  };
}
