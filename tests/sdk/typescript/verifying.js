/** Hands each delivery of its argument to the stock library, and writes what came of each. */
import { Webhook } from "standardwebhooks";

const told = JSON.parse(process.argv[1]).map(({ body, headers, secret }) => {
  try {
    return new Webhook(secret).verify(body, headers);
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
});
console.log(JSON.stringify(told));
