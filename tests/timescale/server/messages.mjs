// The messages of PostgreSQL's wire protocol (version 3.0): one byte of type, four of length, a body.

/** Takes bytes as they come, and gives the messages that are whole. A startup message has no type byte. */
export class Messages {
  #rest = Buffer.alloc(0);
  started = false;

  *add(bytes) {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const typed = this.started ? 1 : 0;
      if (this.#rest.length < typed + 4) return;
      const length = typed + this.#rest.readInt32BE(typed);
      if (this.#rest.length < length) return;
      const message = this.#rest.subarray(0, length);
      this.#rest = this.#rest.subarray(length);
      yield message;
    }
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
