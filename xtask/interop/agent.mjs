// The JavaScript agent: the official service SDK and client SDK, told what to do line by line.

import { createInterface } from "node:readline";
import { WebPubSubServiceClient } from "@azure/web-pubsub";
import { SendMessageError, WebPubSubClient, WebPubSubJsonProtocol } from "@azure/web-pubsub-client";

const [connectionString, hub] = process.argv.slice(2);
const service = new WebPubSubServiceClient(connectionString, hub, { allowInsecureConnection: true });
const clients = new Map();

const write = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const encode = (data) => (data instanceof ArrayBuffer ? Buffer.from(data).toString("base64") : data);
const bytes = (base64) => Uint8Array.from(Buffer.from(base64, "base64"));

const contentTypes = { text: "text/plain", json: "application/json", binary: "application/octet-stream" };

// The service SDK has the Python SDK's methods under its own names and scopes.
const methods = {
  send_to_all: (content, options) => service.sendToAll(content, options),
  send_to_group: (content, options, { group }) => service.group(group).sendToAll(content, options),
  send_to_user: (content, options, { user_id }) => service.sendToUser(user_id, content, options),
  send_to_connection: (content, options, { connection_id }) => service.sendToConnection(connection_id, content, options),
  connection_exists: (id) => service.connectionExists(id),
  user_exists: (id) => service.userExists(id),
  group_exists: (group) => service.groupExists(group),
  add_connection_to_group: (group, id) => service.group(group).addConnection(id),
  remove_connection_from_group: (group, id) => service.group(group).removeConnection(id),
  close_connection: (id, options) => service.closeConnection(id, options),
};

function message(client, from, { message: m }) {
  const { group = null, fromUserId = null, dataType: type, data } = m;
  write({ event: "message", client, from, group, fromUser: fromUserId, type, data: encode(data) });
}

async function connect({ name, user_id: userId, roles, groups }) {
  const { url } = await service.getClientAccessToken({ userId, roles, groups });
  const client = new WebPubSubClient(url, {
    protocol: WebPubSubJsonProtocol(),
    autoReconnect: false,
    messageRetryOptions: { maxRetries: 0 },
  });
  const connected = new Promise((resolve) => client.on("connected", (e) => resolve(e.connectionId)));
  client.on("server-message", (e) => message(name, "server", e));
  client.on("group-message", (e) => message(name, "group", e));
  client.on("disconnected", (e) => write({ event: "disconnected", client: name, message: e.message?.message ?? null }));
  await client.start();
  clients.set(name, client);
  return await connected;
}

const commands = {
  connect,
  send: ({ method, type, data, options = {}, ...where }) => {
    const { excluded: excludedConnections } = options;
    const content = type === "binary" ? bytes(data) : data;
    return methods[method](content, { contentType: contentTypes[type], excludedConnections }, where);
  },
  call: ({ method, args, options = {} }) => methods[method](...args, options),
  publish: ({ client, group, type, data, no_echo: noEcho = false }) =>
    clients.get(client).sendToGroup(group, type === "binary" ? bytes(data).buffer : data, type, { noEcho }),
  join: ({ client, group }) => clients.get(client).joinGroup(group),
  leave: ({ client, group }) => clients.get(client).leaveGroup(group),
  stop: ({ client }) => clients.get(client).stop(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...command } = JSON.parse(line);
  try {
    const value = await commands[name](command);
    write({ ok: typeof value === "boolean" || typeof value === "string" ? value : null });
  } catch (error) {
    const detail = error instanceof SendMessageError ? error.errorDetail?.name : undefined;
    write({ error: detail ?? `${error.name}: ${error.message}` });
  }
}
process.exit(0);
