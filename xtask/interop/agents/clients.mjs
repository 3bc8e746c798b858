// The official client SDK: WebSocket clients that report what they receive.

import { WebPubSubClient, WebPubSubJsonProtocol, WebPubSubJsonReliableProtocol } from "@azure/web-pubsub-client";
import { bytes } from "./service.mjs";

const encode = (data) => (data instanceof ArrayBuffer ? Buffer.from(data).toString("base64") : data);

export class Clients {
  #report;
  #clients = new Map();

  constructor(report) {
    this.#report = report;
  }

  /** A client that stays (`stays`) reconnects, and reports its connections and the numbers of its messages too. */
  async connect({ client, url, subprotocol = "json", stays = false }) {
    const connection = new WebPubSubClient(url, {
      protocol: subprotocol === "json" ? WebPubSubJsonProtocol() : WebPubSubJsonReliableProtocol(),
      autoReconnect: stays,
      reconnectRetryOptions: { retryDelayInMs: 50, mode: "Fixed" },
      messageRetryOptions: { maxRetries: 0 },
    });
    const message = (from) => ({ message: { group = null, fromUserId = null, dataType: type, data, sequenceId } }) =>
      this.#report({
        event: "message", client, from, group, fromUser: fromUserId, type, data: encode(data),
        ...(stays && { sequence: sequenceId ?? null }),
      });
    const connected = new Promise((resolve) => connection.on("connected", (e) => resolve(e.connectionId)));
    if (stays) {
      connection.on("connected", (e) => this.#report({ event: "connected", client, id: e.connectionId }));
    }
    connection.on("server-message", message("server"));
    connection.on("group-message", message("group"));
    connection.on("disconnected", (e) =>
      this.#report({ event: "disconnected", client, message: e.message?.message ?? null }));
    await connection.start();
    this.#clients.set(client, connection);
    return await connected;
  }

  async publish({ client, group, message: [type, data], no_echo: noEcho = false }) {
    const content = type === "binary" ? bytes(data).buffer : data;
    await this.#clients.get(client).sendToGroup(group, content, type, { noEcho });
  }

  async join({ client, group }) {
    await this.#clients.get(client).joinGroup(group);
  }

  async leave({ client, group }) {
    await this.#clients.get(client).leaveGroup(group);
  }

  stop({ client }) {
    this.#clients.get(client).stop();
    this.#clients.delete(client);
  }
}
