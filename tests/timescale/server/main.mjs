// PostgreSQL with TimescaleDB, as WebAssembly, behind a TCP port of this machine: prints the port once it answers.
// The argument is where the files of an empty server are kept from one start to the next.
import net from "node:net";
import { Backend } from "./backend.mjs";
import { Connection } from "./connection.mjs";

const backend = await Backend.open(process.argv[2]);
const server = net.createServer((socket) => new Connection(socket, backend));
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.resume().on("end", () => process.exit());
