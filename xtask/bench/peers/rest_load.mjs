// Sends a JSON string with the official JavaScript SDK:
// node rest_load.mjs --endpoint URL --text TEXT --warm-up N --sends N --at-once N

import { parseArgs } from "node:util";
import { WebPubSubServiceClient } from "@azure/web-pubsub";
import { Measurement } from "./figures.mjs";

const KEY = "a-key-of-44-characters-as-the-portal-shows-1=";

const text = { type: "string" };
const { values } = parseArgs({
  options: { endpoint: text, text, "warm-up": text, sends: text, "at-once": text },
});
const [warmUp, sends, atOnce] = ["warm-up", "sends", "at-once"].map((name) => Number(values[name]));
const client = new WebPubSubServiceClient(
  `Endpoint=${values.endpoint};AccessKey=${KEY};Version=1.0;`,
  "bench",
  { allowInsecureConnection: true },
);

async function work(share) {
  const times = [];
  for (let sent = 0; sent < share; sent += 1) {
    const begun = performance.now();
    await client.sendToAll(values.text);
    times.push((performance.now() - begun) / 1e3);
  }
  return times;
}

/** Sends so many messages, so many at a time; how long each took. */
async function all(count) {
  const share = (_, worker) => work(Math.floor(count / atOnce) + Number(worker < count % atOnce));
  return (await Promise.all(Array.from({ length: atOnce }, share))).flat();
}

await all(warmUp);
const measurement = new Measurement();
measurement.report(sends, await all(sends));
