// The table of events, a row each, and the insert of many at once.
import pg from "pg";

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

/** Makes the table where there is none. */
export async function createTable() {
  await pool.query(`
    CREATE TABLE IF NOT EXISTS event (
      id uuid PRIMARY KEY,
      type text NOT NULL,
      name text,
      visitor text NOT NULL,
      user_id text,
      session text,
      timestamp timestamptz NOT NULL,
      received_at timestamptz NOT NULL,
      properties jsonb NOT NULL,
      context jsonb NOT NULL,
      vector jsonb
    )`);
}

// Named, so that each connection prepares it once.
const INSERT = {
  name: "insert-events",
  text: `
    INSERT INTO event
    SELECT * FROM unnest(
      $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
      $7::timestamptz[], $8::timestamptz[], $9::jsonb[], $10::jsonb[], $11::jsonb[]
    )
    ON CONFLICT (id) DO NOTHING`,
};

/** Resolves once `rows` are committed; those whose id is there already change nothing. */
export async function insertEvents(rows) {
  const columns = Array.from({ length: 11 }, () => new Array(rows.length));
  rows.forEach((row, at) => {
    columns[0][at] = row.id;
    columns[1][at] = row.type;
    columns[2][at] = row.name;
    columns[3][at] = row.visitor;
    columns[4][at] = row.user;
    columns[5][at] = row.session;
    columns[6][at] = row.timestamp.toISOString();
    columns[7][at] = row.receivedAt.toISOString();
    columns[8][at] = JSON.stringify(row.properties);
    columns[9][at] = JSON.stringify(row.context);
    columns[10][at] = row.vector === null ? null : JSON.stringify(row.vector);
  });
  await pool.query({ ...INSERT, values: columns });
}
