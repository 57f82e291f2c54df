// The ordinary event collector, as an experienced team writes it with Express and pg: parse, validate, buffer, insert
// many rows at once, answer after the commit. Measured beside GoodData; see docs/benchmarks.md.
import express from "express";
import { Buffered } from "./buffer.mjs";
import { createTable, insertEvents, pool } from "./events.mjs";
import { validate } from "./validate.mjs";

const { PORT, WRITE_KEY } = process.env;

const buffer = new Buffered(insertEvents, { rows: 500, milliseconds: 10 });

const app = express();
app.disable("x-powered-by");
app.disable("etag");
app.use(express.json({ limit: "1mb" }));

app.post("/v1/batch", async (request, response) => {
  const { writeKey, batch } = request.body ?? {};
  if (writeKey !== WRITE_KEY) return response.status(401).json({ error: "unknown write key" });
  if (!Array.isArray(batch)) return response.status(400).json({ error: "batch must be an array" });
  const receivedAt = new Date();
  const rows = [];
  const rejected = [];
  for (const [index, event] of batch.entries()) {
    const { row, reason } = validate(event, receivedAt);
    if (row) rows.push(row);
    else rejected.push({ index, reason });
  }
  await buffer.add(rows);
  response.json({ accepted: rows.length, rejected });
});

app.get("/readyz", (_request, response) => response.send("ok"));

await createTable();
const server = app.listen(Number(PORT), "127.0.0.1");
server.keepAliveTimeout = 65_000;

process.on("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
  pool.end();
});
