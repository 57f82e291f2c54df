// One client: what it sends is collected up to where it expects an answer, and passed on in its turn.
import { Messages, message, text, textAt, typeOf } from "./messages.mjs";
import { closing, renamed } from "./names.mjs";

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

const COPY_IN = /^\s*copy\s[\s\S]*\sfrom\s+stdin\b/i;
const SETS = /^\s*(set|reset)\s+(?!local\b)/i;
const LISTENS = /^\s*(un)?listen\s+"?(\w+|\*)"?/i;

let numbers = 0;

export class Connection {
  channels = new Set();
  /** Statements that make the session what it is: of its startup, and those that it has made since. */
  settings = [];
  #name = `c${++numbers}`;
  #backend;
  #messages = new Messages();
  #statements = new Set();
  #collected = [];
  #copying;
  #queue = Promise.resolve();
  #begun = false;

  constructor(socket, backend) {
    this.socket = socket;
    this.#backend = backend;
    socket.on("data", (bytes) => {
      for (const frame of this.#messages.add(bytes)) this.#receive(frame);
    });
    socket.on("close", () => this.#then(() => this.#end()));
    socket.on("error", () => {});
  }

  #then(step) {
    this.#queue = this.#queue.then(step).catch((failure) => {
      console.error(failure);
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
    } else if (code !== VERSION_3) {
      this.socket.end(); // a request to cancel: here everything is over before it could be read
    } else {
      this.#messages.started = true;
      this.#dress(frame);
      this.#then(() => this.#begin());
    }
  }

  #dress(frame) {
    for (let at = 8; frame[at]; ) {
      const [name, after] = textAt(frame, at);
      const [value, next] = textAt(frame, after);
      at = next;
      if (["user", "database", "client_encoding"].includes(name)) continue;
      // A role has its own rights to what comes after: it is put on last.
      const set = `SET ${name} = '${value.replaceAll("'", "''")}'`;
      if (name === "role") this.settings.push(set);
      else this.settings.unshift(set);
    }
  }

  /** The settings of the startup have to be possible, or there is no connection. */
  async #begin() {
    const trying = { settings: [] };
    await this.#backend.take(trying);
    const answers = await this.#backend.send(this.settings.map((set) => message("Q", text(set))));
    this.#backend.give(trying);
    const wrong = answers.find((answer) => typeOf(answer) === "E");
    if (wrong) {
      this.socket.end(wrong);
      return;
    }
    this.#begun = true;
    this.#backend.listening.add(this);
    this.socket.write(message("R", Buffer.alloc(4)));
    for (const [name, value] of Object.entries(PARAMETERS)) this.socket.write(message("S", text(name), text(value)));
    this.socket.write(Buffer.concat([message("K", Buffer.alloc(8)), message("Z", Buffer.from("I"))]));
  }

  async #pass(frames, hidden) {
    await this.#backend.take(this);
    const sent = frames.flatMap((frame) => renamed(frame, this.#name, this.#statements));
    const closings = sent.length - frames.length;
    const answers = await this.#backend.send(sent);
    this.#note(frames[0], answers);
    let unseen = closings;
    for (const answer of answers) {
      const type = typeOf(answer);
      if (type === hidden) continue;
      if (type === "3" && unseen-- > 0) continue;
      this.socket.write(answer);
    }
    const last = answers.at(-1);
    if (last && typeOf(last) === "Z" && String.fromCharCode(last[5]) === "I") this.#backend.give(this);
  }

  /** What a statement makes of the session outlives the turn. */
  #note(frame, answers) {
    if (!"QP".includes(typeOf(frame)) || answers.some((answer) => typeOf(answer) === "E")) return;
    const at = typeOf(frame) === "Q" ? 5 : textAt(frame, 5)[1];
    const [statement] = textAt(frame, at);
    if (SETS.test(statement)) this.settings.push(statement);
    const listens = LISTENS.exec(statement);
    if (!listens) return;
    if (!listens[1]) this.channels.add(listens[2]);
    else if (listens[2] === "*") this.channels.clear();
    else this.channels.delete(listens[2]);
  }

  async #end() {
    this.#backend.listening.delete(this);
    if (!this.#begun) return;
    await this.#backend.take(this);
    await this.#backend.query(["ROLLBACK"]);
    await this.#backend.send([...[...this.#statements].map((name) => closing(`${this.#name}/${name}`)), message("S")]);
    this.#backend.give(this);
  }
}
