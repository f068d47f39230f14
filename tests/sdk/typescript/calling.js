/** Makes the calls that it reads, a line of JSON each, and writes what came of each. */
import { createInterface } from "node:readline";
import { Vinr } from "@vinr/sdk";

const vinr = new Vinr({ maxRetries: 0 });

for await (const line of createInterface({ input: process.stdin })) {
  const { resource, method, given } = JSON.parse(line);
  const found = resource.reduce((within, name) => within[name], vinr);
  const told = await found[method](...given).then(
    (answer) => ({ answer }),
    (error) => ({ error: String(error) }),
  );
  console.log(JSON.stringify(told));
}
