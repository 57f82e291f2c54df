// Prepared statements have names that hold for a connection, while there is one backend for all of them.
import { message, text, textAt, typeOf } from "./messages.mjs";

/** The message with its statement's name made one of this connection's alone; `known` collects those there are. */
export function renamed(frame, connection, known) {
  const own = (name) => `${connection}/${name}`;
  const rest = (at) => frame.subarray(at);
  switch (typeOf(frame)) {
    case "P": {
      const [name, after] = textAt(frame, 5);
      // A statement without a name takes the place of the one before; under a name of ours that has to be closed.
      const closed = name === "" && known.has("") ? [closing(own(""))] : [];
      known.add(name);
      return [...closed, message("P", text(own(name)), rest(after))];
    }
    case "B": {
      const [portal, afterPortal] = textAt(frame, 5);
      const [name, after] = textAt(frame, afterPortal);
      return [message("B", text(portal), text(own(name)), rest(after))];
    }
    case "D":
    case "C": {
      if (frame[5] !== "S".charCodeAt(0)) return [frame];
      const [name] = textAt(frame, 6);
      if (typeOf(frame) === "C") known.delete(name);
      return [message(typeOf(frame), Buffer.from("S"), text(own(name)))];
    }
    default:
      return [frame];
  }
}

export const closing = (name) => message("C", Buffer.from("S"), text(name));
