// The official service SDK under the names of Python's, which the conductor uses.

import { AzureKeyCredential, odata, WebPubSubServiceClient } from "@azure/web-pubsub";

export const bytes = (base64) => Uint8Array.from(Buffer.from(base64, "base64"));

const HOUR = 60 * 60 * 1000;

const contentTypes = { text: "text/plain", json: "application/json", binary: "application/octet-stream" };
const content = ([type, data]) => (type === "binary" ? bytes(data) : data);
const members = (items) => items.map(({ connectionId, userId }) => [connectionId, userId ?? null]);

/** The SDK's options, from Python's. */
const options = ({ message, ...given }) => ({
  contentType: message && contentTypes[message[0]],
  excludedConnections: given.excluded,
  // The SDK lacks this option of the closing methods, but sends it.
  excluded: given.excluded,
  filter: given.filter,
  messageTtlSeconds: given.message_ttl_seconds,
  reason: given.reason,
  targetName: given.target_name,
  top: given.top,
  maxPageSize: given.maxpagesize,
  continuationToken: given.continuation_token,
  userId: given.user_id,
  roles: given.roles,
  groups: given.groups,
  expirationTimeInMinutes: given.minutes_to_expire,
  clientProtocol: given.client_protocol,
});

const methods = {
  send_to_all: (s, a) => s.sendToAll(content(a.message), options(a)),
  send_to_group: (s, a) => s.group(a.group).sendToAll(content(a.message), options(a)),
  send_to_user: (s, a) => s.sendToUser(a.user_id, content(a.message), options(a)),
  send_to_connection: (s, a) => s.sendToConnection(a.connection_id, content(a.message), options(a)),
  connection_exists: (s, a) => s.connectionExists(a.connection_id),
  user_exists: (s, a) => s.userExists(a.user_id),
  group_exists: (s, a) => s.groupExists(a.group),
  close_connection: (s, a) => s.closeConnection(a.connection_id, options(a)),
  close_all_connections: (s, a) => s.closeAllConnections(options(a)),
  close_group_connections: (s, a) => s.group(a.group).closeAllConnections(options(a)),
  close_user_connections: (s, a) => s.closeUserConnections(a.user_id, options(a)),
  add_connection_to_group: (s, a) => s.group(a.group).addConnection(a.connection_id),
  remove_connection_from_group: (s, a) => s.group(a.group).removeConnection(a.connection_id),
  remove_connection_from_all_groups: (s, a) => s.removeConnectionFromAllGroups(a.connection_id),
  add_user_to_group: (s, a) => s.group(a.group).addUser(a.user_id),
  remove_user_from_group: (s, a) => s.group(a.group).removeUser(a.user_id),
  remove_user_from_all_groups: (s, a) => s.removeUserFromAllGroups(a.user_id),
  add_connections_to_groups: (s, a) => s.addConnectionsToGroups(a.groups, a.filter),
  remove_connections_from_groups: (s, a) => s.removeConnectionsFromGroups(a.groups, a.filter),
  list_connections: async (s, a) => {
    const items = [];
    // The SDK wraps its iterator in a promise.
    for await (const item of await s.group(a.group).listConnections(options(a))) items.push(item);
    return members(items);
  },
  grant_permission: (s, a) => s.grantPermission(a.connection_id, a.permission, options(a)),
  revoke_permission: (s, a) => s.revokePermission(a.connection_id, a.permission, options(a)),
  has_permission: (s, a) => s.hasPermission(a.connection_id, a.permission, options(a)),
  get_client_access_token: (s, a) => s.getClientAccessToken(options(a)),
  odata: (s, a) => odata`userId eq ${a.user_id}`,
};

/** A client, or a group's, that adds the names of its called methods to `called`. */
function watched(client, called, scope = "") {
  return new Proxy(client, {
    get(target, name) {
      const value = target[name];
      if (typeof value !== "function") return value;
      called.add(scope + name);
      return (...given) => {
        const result = value.apply(target, given);
        return name === "group" ? watched(result, called, "group.") : result;
      };
    },
  });
}

/** The names of a client's public methods. */
const methodsOf = (client) =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(client)).filter((name) => name !== "constructor");

export class Service {
  #credential;
  #client;
  #called = new Set();

  /** A new client on a hub, with a connection string, a key or an Entra ID token. */
  open({ hub, connection_string: connectionString, endpoint, key, token }) {
    const insecure = { allowInsecureConnection: true };
    this.#credential = key
      ? new AzureKeyCredential(key)
      : { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + HOUR }) };
    const client = connectionString
      ? new WebPubSubServiceClient(connectionString, hub, insecure)
      : new WebPubSubServiceClient(endpoint, this.#credential, hub, insecure);
    this.#client = watched(client, this.#called);
  }

  rotate({ key }) {
    this.#credential.update(key);
  }

  call({ method, ...given }) {
    return methods[method](this.#client, given);
  }

  /** The pages of a group's connections, from a link on, and the link behind each. */
  async pages({ group, next_link: continuationToken, ...given }) {
    const answer = { pages: [], links: [] };
    // The SDK's pages do not tell their link.
    const onResponse = ({ bodyAsText }) => answer.links.push(JSON.parse(bodyAsText).nextLink ?? null);
    const list = await this.#client.group(group).listConnections({ ...options(given), onResponse });
    for await (const page of list.byPage({ continuationToken })) answer.pages.push(members(page));
    return answer;
  }

  /** The SDK's public methods that no command has called yet. */
  uncalled() {
    const ofGroup = methodsOf(this.#client.group("any")).map((name) => `group.${name}`);
    return [...methodsOf(this.#client), ...ofGroup].filter((name) => !this.#called.has(name));
  }
}
