// What makes a session one connection's own: its settings. Those in force when another gets the backend are put on
// again when the connection has it back; what it resets is as it was at its start.

// What a server has by default, and this build does not: its command line, which cannot be changed, says otherwise.
const USUAL = [
  ["client_min_messages", "notice"],
  ["enable_seqscan", "on"],
  ["allow_system_table_mods", "off"],
  ["search_path", '"$user", public'],
];

// Anything that may change a setting, and a good deal that does not.
const SETS = /\b(set|set_config|reset|discard)\b/i;
const RESETS = /\b(reset|discard)\b/i;
const RESETS_ROLE = /\breset\s+role\b/i;

const SET_NOW = "SELECT name, current_setting(name) FROM pg_catalog.pg_settings WHERE source = 'session'";
const ROLE_NOW = "SELECT 'role', current_setting('role')";

const quoted = (value) => `'${value.replaceAll("'", "''")}'`;

/** A statement that puts on settings, one after the other. */
const putting = (settings) =>
  `SELECT ${settings.map(([name, value]) => `set_config(${quoted(name)}, ${quoted(value)}, false)`)}`;

export class Session {
  #atStart;
  #role;
  #now;
  /** What statements may have done to it since it was last looked at. */
  #changed = false;
  #reset = false;
  #roleReset = false;

  /** `wanted` is what a client asks for as it connects: names and values. */
  constructor(wanted) {
    const others = wanted.filter(([name]) => name !== "role");
    this.#atStart = [...USUAL, ...others];
    this.#role = new Map(wanted).get("role") ?? "none";
    // A role has rights of its own to what is set after it.
    this.#now = [...this.#atStart, ["role", this.#role]];
  }

  /** The statements that make the backend this session's, whosever it was. */
  get puttingOn() {
    return ["RESET ROLE", "RESET ALL", putting(this.#now)];
  }

  note(statement) {
    this.#changed ||= SETS.test(statement);
    this.#reset ||= RESETS.test(statement);
    this.#roleReset ||= RESETS_ROLE.test(statement);
  }

  /** Remembers what is set, before another gets the backend. */
  async leave(backend) {
    if (!this.#changed) return;
    this.#changed = false;
    this.#now = [...(await backend.ask(SET_NOW)), ...(await backend.ask(ROLE_NOW))];
  }

  /** After statements that succeeded: resetting goes back to the start of the session, not of the backend. */
  async settle(backend) {
    if (!this.#reset) return;
    const [[, worn]] = await backend.ask(ROLE_NOW);
    const role = this.#roleReset ? this.#role : worn;
    const set = new Set((await backend.ask(SET_NOW)).map(([name]) => name.toLowerCase()));
    const gone = this.#atStart.filter(([name]) => !set.has(name.toLowerCase()));
    await backend.ask(putting([["role", "none"], ...gone, ["role", role]]));
    this.#reset = this.#roleReset = false;
  }
}
