// Signs client access tokens: node token_load.mjs --signer sdk|jsonwebtoken --tokens N --warm-up N
// With --show it prints a token instead.

import { createSecretKey } from "node:crypto";
import { parseArgs } from "node:util";
import { WebPubSubServiceClient } from "@azure/web-pubsub";
import jsonwebtoken from "jsonwebtoken";
import { Measurement } from "./figures.mjs";

const KEY = "a-key-of-44-characters-as-the-portal-shows-1=";
const ENDPOINT = "https://contoso.webpubsub.azure.com";
const USER = "user-0001";
const ROLES = ["webpubsub.joinLeaveGroup.room-1", "webpubsub.sendToGroup.room-1"];
const GROUPS = ["room-1"];

const text = { type: "string" };
const { values } = parseArgs({
  options: { signer: text, tokens: text, "warm-up": text, show: { type: "boolean" } },
});
const [tokens, warmUp] = [values.tokens, values["warm-up"]].map(Number);
const client = new WebPubSubServiceClient(
  `Endpoint=${ENDPOINT};AccessKey=${KEY};Version=1.0;`,
  "chat",
);
const key = createSecretKey(KEY, "utf8");
const signers = {
  sdk: () => client.getClientAccessToken({ userId: USER, roles: ROLES, groups: GROUPS }),
  jsonwebtoken: () =>
    jsonwebtoken.sign({ role: ROLES, "webpubsub.group": GROUPS }, key, {
      audience: `${ENDPOINT}/client/hubs/chat`,
      expiresIn: "1h",
      algorithm: "HS256",
      subject: USER,
    }),
};
const sign = signers[values.signer];

if (values.show) {
  const token = await sign();
  console.log(token.token ?? token);
} else {
  for (let signed = 0; signed < warmUp; signed += 1) await sign();
  const measurement = new Measurement();
  for (let signed = 0; signed < tokens; signed += 1) await sign();
  measurement.report(tokens, []);
}
