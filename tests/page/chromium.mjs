// Headless Chromium, told what to do over DevTools' pipe: no port, no driver program, nothing from
// npm. Waiting is always for a condition of the page, never for a time.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const answersWithinMs = 60_000; // a browser that hangs fails the test, it does not hang it

export class Chromium {
  #process;
  #profile = mkdtempSync(join(tmpdir(), "actornet-chromium-"));
  #pending = new Map(); // id -> {resolve, reject, timer}
  #listeners = new Map(); // session -> function(method, params)
  #lastId = 0;
  #input = [];

  static async start(program = process.env.ACTORNET_CHROMIUM ?? "chromium") {
    const made = new Chromium();
    made.#process = spawn(program, ["--headless=new", "--no-sandbox", "--disable-gpu",
      "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--hide-scrollbars",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
      "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
      "--disable-backgrounding-occluded-windows", "--remote-debugging-pipe",
      `--user-data-dir=${made.#profile}`], { stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"] });
    let errors = "";
    made.#process.stderr.on("data", (text) => (errors = (errors + text).slice(-4000)));
    made.#process.on("error", (error) => made.#failAll(error));
    made.#process.on("exit", (code) => made.#failAll(
      new Error(`chromium ended with ${code}: ${errors}`)));
    made.#process.stdio[3].on("error", () => {});
    made.#process.stdio[4].on("data", (bytes) => made.#read(bytes));
    await made.call("Browser.getVersion");
    return made;
  }

  async stop() {
    const ended = new Promise((resolve) => this.#process.on("exit", resolve));
    this.call("Browser.close").catch(() => {});
    const killer = setTimeout(() => this.#process.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(killer);
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  call(method, params = {}, sessionId = undefined) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(id, null, new Error(`${method}: no answer`)),
        answersWithinMs);
      this.#pending.set(id, { resolve, reject, timer });
      this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  listen(sessionId, listener) {
    this.#listeners.set(sessionId, listener);
  }

  // A browser of its own: no storage or connection is shared with other pages.
  async newPage({ width = 1280, height = 800 } = {}) {
    const { browserContextId } = await this.call("Target.createBrowserContext");
    const { targetId } = await this.call("Target.createTarget",
      { url: "about:blank", browserContextId, width, height });
    const { sessionId } = await this.call("Target.attachToTarget", { targetId, flatten: true });
    const page = await Page.make(this, sessionId, { width, height });
    page.close = () => this.call("Target.disposeBrowserContext", { browserContextId });
    return page;
  }

  #read(bytes) {
    this.#input.push(bytes);
    if (!bytes.includes(0)) return;
    const parts = Buffer.concat(this.#input).toString().split("\0");
    this.#input = [Buffer.from(parts.pop())];
    for (const part of parts) {
      const { id, result, error, method, params, sessionId } = JSON.parse(part);
      if (id === undefined) this.#listeners.get(sessionId)?.(method, params);
      else this.#settle(id, result, error && new Error(`${error.message} ${error.data ?? ""}`));
    }
  }

  #settle(id, result, error) {
    const waiting = this.#pending.get(id);
    if (!waiting) return;
    this.#pending.delete(id);
    clearTimeout(waiting.timer);
    if (error) waiting.reject(error);
    else waiting.resolve(result);
  }

  #failAll(error) {
    for (const id of [...this.#pending.keys()]) this.#settle(id, null, error);
  }
}

const keys = {
  Enter: { code: "Enter", windowsVirtualKeyCode: 13, text: "\r" },
  Escape: { code: "Escape", windowsVirtualKeyCode: 27 },
  Tab: { code: "Tab", windowsVirtualKeyCode: 9 },
  ArrowUp: { code: "ArrowUp", windowsVirtualKeyCode: 38 },
  ArrowDown: { code: "ArrowDown", windowsVirtualKeyCode: 40 },
};
const modifiers = { alt: 1, shift: 8 };

export class Page {
  complaints = []; // errors and policy violations that the browser logged

  static async make(browser, sessionId, size) {
    const made = new Page();
    made.call = (method, params) => browser.call(method, params, sessionId);
    browser.listen(sessionId, (method, params) => made.#event(method, params));
    await made.call("Page.enable");
    await made.call("Runtime.enable");
    await made.call("Log.enable");
    await made.resize(size);
    return made;
  }

  #event(method, params) {
    if (method === "Runtime.exceptionThrown")
      this.complaints.push(params.exceptionDetails.exception?.description
        ?? params.exceptionDetails.text);
    else if (method === "Log.entryAdded" && params.entry.level === "error"
      && params.entry.source !== "network") this.complaints.push(params.entry.text);
    else if (method === "Page.javascriptDialogOpening")
      this.complaints.push(`a dialog: ${params.message}`);
  }

  async open(url) {
    const { errorText } = await this.call("Page.navigate", { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
    await this.until("document.readyState === 'complete'");
  }

  // The value of a JavaScript expression, which may be a promise.
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.call("Runtime.evaluate",
      { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  // Waits until the expression is true; looks again whenever the page draws.
  async until(expression, what = expression) {
    const waiting = `new Promise((resolve, reject) => {
      const end = performance.now() + 40000;
      const look = () => {
        if (${expression}) resolve(true);
        else if (performance.now() > end) reject(new Error("never: " + ${JSON.stringify(what)}
          + "; the page says: " + document.body.innerText.slice(-1500)));
        else setTimeout(look, 20);
      };
      look();
    })`;
    try {
      return await this.evaluate(waiting);
    } catch (error) {
      if (!/context was destroyed|navigated/.test(error.message)) throw error;
      return this.until(expression, what);
    }
  }

  async type(text) {
    await this.call("Input.insertText", { text });
  }

  async press(key, ...with_) {
    const bits = with_.reduce((sum, name) => sum | modifiers[name], 0);
    const event = { key, ...keys[key], modifiers: bits };
    await this.call("Input.dispatchKeyEvent",
      { type: event.text ? "keyDown" : "rawKeyDown", ...event });
    await this.call("Input.dispatchKeyEvent", { type: "keyUp", ...event, text: undefined });
  }

  resize({ width, height, mobile = false }) {
    return this.call("Emulation.setDeviceMetricsOverride",
      { width, height, deviceScaleFactor: 1, mobile });
  }

  // features: {"prefers-color-scheme": "dark", …}
  prefer(features) {
    return this.call("Emulation.setEmulatedMedia",
      { features: Object.entries(features).map(([name, value]) => ({ name, value })) });
  }

  async screenshot(path) {
    const { data } = await this.call("Page.captureScreenshot", { format: "png" });
    writeFileSync(path, Buffer.from(data, "base64"));
  }
}
