// The messages of PostgreSQL's wire protocol (version 3.0): one byte of type, four of length, a body.

/** Takes bytes as they come, and gives the messages that are whole. A startup message has no type byte. */
export class Messages {
  #parts = [];
  #held = 0;
  /** How many bytes it takes to go on: put together as they come, a long message would be copied at every one. */
  #needed = 0;
  started = false;

  *add(bytes) {
    this.#parts.push(bytes);
    this.#held += bytes.length;
    if (this.#held < this.#needed) return;
    let rest = Buffer.concat(this.#parts);
    for (;;) {
      const typed = this.started ? 1 : 0;
      this.#needed = typed + 4;
      if (rest.length >= this.#needed) this.#needed = typed + rest.readInt32BE(typed);
      if (rest.length < this.#needed) break;
      const message = rest.subarray(0, this.#needed);
      rest = rest.subarray(this.#needed);
      yield message;
    }
    this.#parts = [rest];
    this.#held = rest.length;
  }
}

export function* split(bytes) {
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + bytes.readInt32BE(at + 1);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

export const typeOf = (message) => String.fromCharCode(message[0]);

export function message(type, ...parts) {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

export const text = (value) => Buffer.from(`${value}\0`);

/** The text that starts at a place, and the place after it. */
export function textAt(bytes, at) {
  const end = bytes.indexOf(0, at);
  return [bytes.toString("utf8", at, end), end + 1];
}

/** The values of a row that is answered as text; nulls are not among what is asked here. */
export function valuesOf(row) {
  const values = [];
  for (let at = 7; at < row.length; ) {
    const length = row.readInt32BE(at);
    values.push(row.toString("utf8", at + 4, at + 4 + length));
    at += 4 + length;
  }
  return values;
}

/** An error that no backend has made. */
export const failure = (code, words) =>
  message("E", text("SERROR"), text("VERROR"), text(`C${code}`), text(`M${words}`), Buffer.alloc(1));

/** The state of the transaction in which a backend is ready for more: "I" for none, "T" in one, "E" in a failed one. */
export function stateAfter(answers) {
  const last = answers.at(-1);
  return last && typeOf(last) === "Z" ? String.fromCharCode(last[5]) : undefined;
}
