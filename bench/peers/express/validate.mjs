// Judges one event; GoodData's and Segment's names for the same fields are both taken.

const TYPES = new Set(["track", "page", "screen", "identify", "group", "alias"]);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MOST_CHARACTERS = 512;

const isText = (value) => typeof value === "string" && value.length > 0 && value.length <= MOST_CHARACTERS;
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** `{ row }` with the columns of an event that may be stored, or `{ reason }`. */
export function validate(event, receivedAt) {
  if (!isObject(event)) return { reason: "not an object" };
  const id = event.id ?? event.messageId;
  const name = event.name ?? event.event ?? null;
  const visitor = event.visitor ?? event.anonymousId;
  const user = event.user ?? event.userId ?? null;
  const session = event.session ?? null;
  const properties = event.properties ?? event.traits ?? {};
  const context = event.context ?? {};
  const vector = event.vector ?? null;
  if (typeof id !== "string" || !UUID.test(id)) return { reason: "id must be a UUID" };
  if (!TYPES.has(event.type)) return { reason: "unknown type" };
  if (!isText(visitor)) return { reason: "visitor must be text" };
  if (event.type === "track" ? !isText(name) : name !== null && !isText(name)) return { reason: "name must be text" };
  if (user !== null && !isText(user)) return { reason: "user must be text" };
  if (session !== null && !isText(session)) return { reason: "session must be text" };
  if (!isObject(properties)) return { reason: "properties must be an object" };
  if (!isObject(context)) return { reason: "context must be an object" };
  if (vector !== null && !(Array.isArray(vector) && vector.every(Number.isFinite))) {
    return { reason: "vector must be an array of numbers" };
  }
  const timestamp = event.timestamp === undefined ? receivedAt : new Date(event.timestamp);
  if (Number.isNaN(timestamp.getTime())) return { reason: "timestamp must be a time" };
  return {
    row: { id, type: event.type, name, visitor, user, session, timestamp, receivedAt, properties, context, vector },
  };
}
