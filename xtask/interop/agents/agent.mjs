// The JavaScript agent: the official service SDK and client SDK, told what to do line by line.

import { createInterface } from "node:readline";
import { Clients } from "./clients.mjs";
import { Service } from "./service.mjs";

const write = (line) => process.stdout.write(JSON.stringify(line) + "\n");

/** What the conductor checks of a failure. */
function told({ name, message, statusCode, code, errorDetail }) {
  if (statusCode) return { type: name, status: statusCode, code: code ?? null };
  if (errorDetail) return { type: name, code: errorDetail.name };
  return { type: name, message };
}

const service = new Service();
const clients = new Clients(write);
const commands = {
  open: (command) => service.open(command),
  rotate: (command) => service.rotate(command),
  call: (command) => service.call(command),
  pages: (command) => service.pages(command),
  uncalled: () => service.uncalled(),
  connect: (command) => clients.connect(command),
  publish: (command) => clients.publish(command),
  join: (command) => clients.join(command),
  leave: (command) => clients.leave(command),
  stop: (command) => clients.stop(command),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...command } = JSON.parse(line);
  try {
    write({ ok: (await commands[name](command)) ?? null });
  } catch (error) {
    write({ error: told(error) });
  }
}
process.exit(0);
