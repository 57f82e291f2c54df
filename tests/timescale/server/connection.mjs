// One client: what it sends is collected up to where it expects an answer, and passed on in its turn.
import { randomInt } from "node:crypto";
import { CANCELLED } from "./backend.mjs";
import { failure, Messages, message, stateAfter, text, textAt, typeOf } from "./messages.mjs";
import { closing, renamed } from "./names.mjs";
import { Session } from "./session.mjs";

const CANCEL_REQUEST = 80877102;
const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const VERSION_3 = 196608;

const PARAMETERS = {
  server_version: "17.5",
  server_encoding: "UTF8",
  client_encoding: "UTF8",
  DateStyle: "ISO, MDY",
  integer_datetimes: "on",
  standard_conforming_strings: "on",
};

const NO_SETTINGS = ["user", "database", "client_encoding"];
const COPY_IN = /^\s*copy\s[\s\S]*\sfrom\s+stdin\b/i;
const LISTENS = /\b(un)?listen\s+(?:"((?:[^"]|"")+)"|(\w+)|\*)|\bdiscard\s+all\b/gi;

let numbers = 0;

export class Connection {
  channels = new Set();
  session;
  #number = ++numbers;
  #secret = randomInt(2 ** 31);
  #name = `c${this.#number}`;
  #backend;
  #messages = new Messages();
  #statements = new Set();
  #collected = [];
  #copying;
  #over = false;
  #queue = Promise.resolve();

  constructor(socket, backend) {
    this.socket = socket;
    this.#backend = backend;
    // A client that waits for the end of an answer would wait 40 ms for each part of it.
    socket.setNoDelay();
    socket.on("data", (bytes) => {
      for (const frame of this.#messages.add(bytes)) this.#receive(frame);
    });
    socket.on("close", () => this.#then(() => this.#end()));
    socket.on("error", () => {});
  }

  #then(step) {
    this.#queue = this.#queue.then(step).catch((failed) => {
      console.error(failed);
      this.socket.destroy();
    });
  }

  #receive(frame) {
    if (!this.#messages.started) {
      this.#startUp(frame);
      return;
    }
    const type = typeOf(frame);
    if (type === "X") {
      this.socket.end();
    } else if (this.#copying) {
      this.#copying.push(frame);
      // The backend reads what is copied with the statement, and answers to both.
      if (type === "c" || type === "f") {
        const frames = this.#copying;
        this.#copying = undefined;
        this.#then(() => this.#pass(frames, "G"));
      }
    } else if (type === "Q" && COPY_IN.test(textAt(frame, 5)[0])) {
      this.#copying = [frame];
      this.socket.write(message("G", Buffer.from([1, 0, 0])));
    } else {
      this.#collected.push(frame);
      if ("QSHF".includes(type)) {
        const frames = this.#collected;
        this.#collected = [];
        this.#then(() => this.#pass(frames));
      }
    }
  }

  #startUp(frame) {
    const code = frame.readInt32BE(4);
    if (code === SSL_REQUEST || code === GSS_REQUEST) {
      this.socket.write("N");
    } else if (code === VERSION_3) {
      this.#messages.started = true;
      this.#then(() => this.#begin(frame));
    } else {
      if (code === CANCEL_REQUEST) this.#backend.connections.get(frame.readInt32BE(8))?.cancel(frame.readInt32BE(12));
      this.socket.end();
    }
  }

  cancel(secret) {
    if (secret === this.#secret) this.#backend.cancel(this);
  }

  /** The settings of the startup have to be possible, or there is no connection. */
  async #begin(frame) {
    const wanted = [];
    for (let at = 8; frame[at]; ) {
      const [name, after] = textAt(frame, at);
      const [value, next] = textAt(frame, after);
      at = next;
      if (!NO_SETTINGS.includes(name)) wanted.push([name, value]);
    }
    const session = new Session(wanted);
    const trying = { session: new Session([]) };
    await this.#backend.take(trying);
    const answers = await this.#backend.send(session.puttingOn.map((statement) => message("Q", text(statement))));
    await this.#backend.send(trying.session.puttingOn.map((statement) => message("Q", text(statement))));
    this.#backend.give(trying);
    const wrong = answers.find((answer) => typeOf(answer) === "E");
    if (wrong) {
      this.socket.end(wrong);
      return;
    }
    this.session = session;
    this.#backend.connections.set(this.#number, this);
    const key = Buffer.alloc(8);
    key.writeInt32BE(this.#number, 0);
    key.writeInt32BE(this.#secret, 4);
    this.socket.write(
      Buffer.concat([
        message("R", Buffer.alloc(4)),
        ...Object.entries(PARAMETERS).map(([name, value]) => message("S", text(name), text(value))),
        message("K", key),
        message("Z", Buffer.from("I")),
      ]),
    );
  }

  async #pass(frames, hidden) {
    if (!this.#over) {
      try {
        await this.#backend.take(this);
      } catch (refused) {
        if (refused !== CANCELLED) throw refused;
        this.socket.write(failure("57014", "canceling statement due to user request"));
        this.#over = true;
      }
    }
    if (this.#over) {
      // After an error nothing counts up to the next Sync, which may yet be to come.
      this.#over = typeOf(frames.at(-1)) === "H";
      if (!this.#over) this.socket.write(message("Z", Buffer.from("I")));
      return;
    }
    const sent = frames.flatMap((frame) => renamed(frame, this.#name, this.#statements));
    let unseen = sent.length - frames.length; // statements without a name that were closed
    const answers = await this.#backend.send(sent);
    const state = stateAfter(answers);
    if (!answers.some((answer) => typeOf(answer) === "E")) await this.#note(frames);
    const seen = answers.filter((answer) => {
      const type = typeOf(answer);
      return type !== hidden && !(type === "3" && unseen-- > 0);
    });
    this.socket.write(Buffer.concat(seen));
    if (state === "I") this.#backend.give(this);
  }

  /** What statements make of the session outlives the turn. */
  async #note(frames) {
    let less = false;
    for (const frame of frames.filter((each) => "QP".includes(typeOf(each)))) {
      const [statement] = textAt(frame, typeOf(frame) === "Q" ? 5 : textAt(frame, 5)[1]);
      this.session.note(statement);
      for (const [all, un, inQuotes, plain] of statement.matchAll(LISTENS)) {
        const channel = inQuotes?.replaceAll('""', '"') ?? plain?.toLowerCase();
        if (un || /^discard/i.test(all)) less = true;
        if (channel === undefined) this.channels.clear();
        else if (un) this.channels.delete(channel);
        else this.channels.add(channel);
      }
    }
    await this.session.settle(this.#backend);
    if (less) await this.#backend.listenAgain();
  }

  async #end() {
    if (!this.session) return;
    this.#backend.connections.delete(this.#number);
    await this.#backend.take(this);
    await this.#backend.ask("ROLLBACK");
    await this.#backend.send([...[...this.#statements].map((name) => closing(`${this.#name}/${name}`)), message("S")]);
    this.#backend.give(this);
  }
}
