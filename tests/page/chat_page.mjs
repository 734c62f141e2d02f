// The chat's page in a browser, in the words of a user.

const quoted = (value) => JSON.stringify(value);

export class ChatTab {
  constructor(page) {
    this.page = page;
  }

  static async signedIn(chromium, url, name, size) {
    const tab = new ChatTab(await chromium.newPage(size));
    await tab.signIn(url, name);
    return tab;
  }

  async signIn(url, name) {
    await this.page.open(url);
    await this.page.until("document.activeElement.id === 'name'");
    await this.page.type(name);
    await this.page.press("Enter");
    await this.page.until("document.activeElement.id === 'text'");
    await this.connected();
  }

  connected() {
    return this.page.until("document.getElementById('state').dataset.state === 'open'");
  }

  async say(text) {
    await this.page.until("document.activeElement.id === 'text'");
    await this.page.type(text);
    await this.page.press("Enter");
  }

  // Waits until a message of the room has exactly this text.
  sees(text) {
    return this.page.until(`[...document.querySelectorAll("#messages .bubble")]
      .some((bubble) => bubble.textContent === ${quoted(text)})`, `sees ${text}`);
  }

  // Waits until the element shows this text.
  shows(id, text) {
    return this.page.until(`document.getElementById(${quoted(id)}).innerText.trim()
      .includes(${quoted(text)})`, `${id} shows ${text}`);
  }

  texts() {
    return this.page.evaluate(`[...document.querySelectorAll("#messages .bubble")]
      .map((bubble) => bubble.textContent)`);
  }

  count(selector) {
    return this.page.evaluate(`document.querySelectorAll(${quoted(selector)}).length`);
  }

  exists(selector) {
    return this.page.until(`document.querySelector(${quoted(selector)}) !== null`);
  }

  gone(selector) {
    return this.page.until(`document.querySelector(${quoted(selector)}) === null`);
  }

  click(selector) {
    return this.page.evaluate(`document.querySelector(${quoted(selector)}).click()`);
  }

  // Tab until the focus is at what the selector names; fails after one round of the page.
  async tabTo(selector) {
    for (let i = 0; i < 60; i++) {
      await this.page.press("Tab");
      if (await this.page.evaluate(`document.activeElement.matches(${quoted(selector)})`)) return;
    }
    throw new Error(`Tab never comes to ${selector}`);
  }

  // Asks to join it, which may be refused.
  async tryRoom(name) {
    await this.page.evaluate("document.getElementById('room-name').focus()");
    await this.page.type(name);
    await this.page.press("Enter");
  }

  async joinRoom(name) {
    await this.tryRoom(name);
    await this.shows("room-title", name);
  }
}
