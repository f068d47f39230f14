// One delivery: each attempt with what was answered, what was sent, and sending it again.

import { api } from "../../lib/api.js";
import { number } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { useAction, useQuery } from "../../lib/query.js";
import { Link } from "../../lib/router.js";
import { useSession } from "../../lib/session.js";
import { Button, Dialog, ErrorNotice, JsonView, Skeleton, Status, Time } from "../../ui/index.js";
import { useLooks } from "./looks.js";

export const ERRORS = {
  timeout: "No complete answer within 5 seconds",
  connection_failed: "No connection",
  address_refused: "Its address is not public",
  redirected: "It redirected",
  http_error: "It refused",
};

function Attempt({ attempt }) {
  const { succeeded, http_status: status, error, detail, response, duration_ms: duration, at } = attempt;
  const answered = status ? `Answered ${status}` : (ERRORS[error] ?? "No answer");
  return html`
    <li class="dev-attempt">
      <p><${Status} value=${succeeded ? "succeeded" : "failed"} /> ${answered} after ${number(duration)} ms · <${Time} value=${at} /></p>
      ${detail && html`<p class="muted">${detail}</p>`}
      ${response && html`<pre class="dev-code" tabindex="0" role="region" aria-label="What it answered">${response}</pre>`}
    </li>
  `;
}

function Sent({ delivery }) {
  const { data } = useQuery(`/events/${delivery.event}`);
  const { attempts, next_attempt_at: next } = delivery;
  return html`
    <section class="stack gap-2">
      <h3>Attempts</h3>
      ${attempts.length === 0 && html`<p class="muted">None yet.</p>`}
      <ol>${attempts.map((each) => html`<${Attempt} key=${each.at} attempt=${each} />`)}</ol>
      ${next && html`<p>The next attempt is due <${Time} value=${next} relative />.</p>`}
    </section>
    <section class="stack gap-2">
      <h3>Request body</h3>
      <p class="muted">A signed POST of the event <${Link} to=${`events/${delivery.event}`}><code>${delivery.event}</code></${Link}>.</p>
      ${data ? html`<${JsonView} value=${data} label="Request body" />` : html`<${Skeleton} lines=${4} />`}
    </section>
  `;
}

/** @param {{path: string, onClose: () => void, onAgain: () => void}} props  `onAgain` is called when it is sent again */
export function Delivery({ path, onClose, onAgain }) {
  const { can } = useSession();
  const { data, error, reload } = useQuery(path);
  const look = useLooks(reload);
  const sending = useAction(async () => {
    await api.post(`${path}/redeliver`);
    reload();
    look();
    onAgain();
  });
  const again = html`<${Button} kind="primary" busy=${sending.busy} onClick=${sending.run}>Send it again</${Button}>`;
  return html`
    <${Dialog} title=${data?.event_type ?? "Delivery"} onClose=${onClose} wide footer=${can("webhook_endpoints:write") && again}>
      <div class="stack gap-5">
        ${error && html`<${ErrorNotice} error=${error} retry=${reload} />`}
        ${sending.error && html`<${ErrorNotice} error=${sending.error} />`}
        ${data ? html`<${Sent} delivery=${data} />` : html`<${Skeleton} lines=${8} />`}
      </div>
    </${Dialog}>
  `;
}
