let lastMs = 0;
let counter = 0;

/**
 * A UUIDv7 (RFC 9562): 48 bits of milliseconds, a 12-bit counter, 62 random bits. The counter starts at random below
 * 2048 in every new millisecond and rises within it, so ids of one page sort in the order they were made, also when
 * the clock is set back.
 */
export function uuid7(ms: number = Date.now()): string {
  const [start, high, low] = crypto.getRandomValues(new Uint32Array(3)) as unknown as [number, number, number];
  if (ms > lastMs || ++counter > 0xfff) {
    lastMs = Math.max(ms, lastMs + 1);
    counter = start & 0x7ff;
  }
  const random = hex((high >>> 2) + 0x80000000, 8) + hex(low, 8);
  return `${hex(lastMs, 12)}7${hex(counter, 3)}${random}`.replace(/^.{8}|.{4}(?=.{12})/g, "$&-");
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
