// How long to wait before the next try: full jitter, so that clients that lost a server together
// do not come back together. Each wait is between 0 and a limit that doubles up to `maxMs`.

export class Backoff {
  #random;
  #firstMs;
  #maxMs;
  #tries = 0;

  constructor(random, { firstMs = 500, maxMs = 30_000 } = {}) {
    this.#random = random;
    this.#firstMs = firstMs;
    this.#maxMs = maxMs;
  }

  next() {
    const limit = Math.min(this.#maxMs, this.#firstMs * 2 ** this.#tries);
    if (limit < this.#maxMs) this.#tries += 1;
    return Math.floor(this.#random() * limit);
  }

  reset() {
    this.#tries = 0;
  }
}
