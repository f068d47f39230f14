/** Makes the calls that it reads, a line of JSON each with the key to make it with, and writes what came of each. */
import { createInterface } from "node:readline";
import { Vinr } from "@vinr/sdk";

const clients = new Map();

for await (const line of createInterface({ input: process.stdin })) {
  const { key, resource, method, given } = JSON.parse(line);
  if (!clients.has(key)) clients.set(key, new Vinr({ secretKey: key, maxRetries: 0 }));
  const found = resource.reduce((within, name) => within[name], clients.get(key));
  const told = await found[method](...given).then(
    (answer) => ({ answer }),
    (error) => ({ error: String(error) }),
  );
  console.log(JSON.stringify(told));
}
