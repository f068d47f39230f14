/** A client whose requests are kept, and answered with what the test lined up: `{ status, body, headers }`, or an error. */
import { Vinr } from "@vinr/sdk";

export function recording(answers = [], options = {}) {
  const requests = [];
  const fetch = async (url, init) => {
    requests.push({ ...init, url: new URL(url), body: init.body && JSON.parse(init.body) });
    const answer = answers.shift() ?? {};
    if (answer instanceof Error) throw answer;
    const body = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {});
    return new Response(body, { status: answer.status ?? 200, headers: answer.headers ?? {} });
  };
  const vinr = new Vinr({ secretKey: "sk_test_key", baseUrl: "http://api.test", fetch, ...options });
  return { vinr, requests };
}

export function page(ids, next = null) {
  const data = ids.map((id) => ({ id }));
  return { body: { object: "list", data, page: { has_more: next !== null, next_cursor: next, total_estimate: 9 } } };
}
