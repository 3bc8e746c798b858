// The npm package ws: `taskset -c 0 node ws_peer.mjs`, with ws 8.23.0 in a node_modules above this file.
// Speaks as library_server does: prints a connection string, answers each line with what the process has used so far,
// and ends with the input.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { WebSocketServer } from "ws";

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const text = Buffer.concat(parts);
    for (const client of clients.clients) client.send(text, { binary: false });
    response.writeHead(202, { "content-length": 0 }).end();
  });
});
const clients = new WebSocketServer({ server, perMessageDeflate: false });
clients.on("connection", (client) => client.on("error", () => client.terminate()));

server.listen(0, "127.0.0.1", () => {
  console.log(`Endpoint=http://127.0.0.1:${server.address().port};AccessKey=none;Version=1.0;`);
  const lines = createInterface({ input: process.stdin });
  lines.on("line", () => {
    const { user, system } = process.cpuUsage();
    const memory = Number(readFileSync("/proc/self/statm", "utf8").split(" ")[1]) * 4096;
    console.log(JSON.stringify({ user: user / 1e6, system: system / 1e6, memory }));
  });
  lines.on("close", () => process.exit());
});
