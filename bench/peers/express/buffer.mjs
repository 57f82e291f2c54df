// Gathers rows of many requests and hands them on together: when there are enough, or when the first has waited.

export class Buffered {
  #write;
  #limits;
  #rows = [];
  #waiting = [];
  #timer;

  /** `write` takes an array of rows and resolves once they are committed; any number of writes may be under way. */
  constructor(write, limits) {
    this.#write = write;
    this.#limits = limits;
  }

  /** Resolves once `rows` are committed; rejects where that failed. */
  add(rows) {
    if (rows.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      for (const row of rows) this.#rows.push(row);
      this.#waiting.push({ resolve, reject });
      if (this.#rows.length >= this.#limits.rows) this.#flush();
      else this.#timer ??= setTimeout(() => this.#flush(), this.#limits.milliseconds);
    });
  }

  #flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rows = this.#rows;
    const waiting = this.#waiting;
    this.#rows = [];
    this.#waiting = [];
    this.#write(rows).then(
      () => {
        for (const { resolve } of waiting) resolve();
      },
      (failure) => {
        for (const { reject } of waiting) reject(failure);
      },
    );
  }
}
