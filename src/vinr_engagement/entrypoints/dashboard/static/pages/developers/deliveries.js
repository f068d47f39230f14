// What was sent to an endpoint, every attempt of it, and sending it again.

import { api } from "../../lib/api.js";
import { useEvents } from "../../lib/live.js";
import { number } from "../../lib/format.js";
import { html, useEffect, useRef, useState } from "../../lib/preact.js";
import { useAction, useList, useQuery } from "../../lib/query.js";
import { useSession } from "../../lib/session.js";
import { Link } from "../../lib/router.js";
import { Button, Card, Dialog, Empty, ErrorNotice, JsonView, ListTable, Select, Skeleton, Status, Time } from "../../ui/index.js";

const WAIT_MILLISECONDS = 1200;
const MOST_LOOKS = 6;
const STATUSES = [
  ["", "All deliveries"],
  ["pending", "Pending"],
  ["succeeded", "Succeeded"],
  ["failed", "Failed"],
];
const ERRORS = {
  timeout: "No complete answer within 5 seconds",
  connection_failed: "No connection",
  address_refused: "Its address is not public",
  redirected: "It redirected",
  http_error: "It refused",
};

function answerText(row) {
  if (row.last_http_status) return `${row.last_http_status}`;
  return row.last_error ? ERRORS[row.last_error] : "–";
}

function columns(open) {
  return [
    {
      key: "event_type",
      label: "Event",
      render: (row) => html`<button type="button" class="link-button" onClick=${() => open(row.id)}>${row.event_type}</button>`,
    },
    { key: "status", label: "Status", render: (row) => html`<${Status} value=${row.status} />` },
    { key: "answer", label: "Answer", priority: 2, render: answerText },
    { key: "attempts", label: "Attempts", align: "end", priority: 3, render: (row) => number(row.attempt_count) },
    { key: "created_at", label: "Created", align: "end", priority: 3, render: (row) => html`<${Time} value=${row.created_at} relative />` },
  ];
}

/** Deliveries are made a moment after what they tell of: looks again a few times, a little later each. */
function useLooks(reload) {
  const timers = useRef([]);
  const forget = () => timers.current.forEach(clearTimeout);
  useEffect(() => forget, []);
  return () => {
    forget();
    timers.current = Array.from({ length: MOST_LOOKS }, (_, look) => setTimeout(reload, WAIT_MILLISECONDS * (look + 1) ** 1.4));
  };
}

function Attempt({ attempt }) {
  const answered = attempt.http_status ? `Answered ${attempt.http_status}` : (ERRORS[attempt.error] ?? "No answer");
  return html`
    <li class="dev-attempt">
      <p><${Status} value=${attempt.succeeded ? "succeeded" : "failed"} /> ${answered} after ${number(attempt.duration_ms)} ms · <${Time} value=${attempt.at} /></p>
      ${attempt.detail && html`<p class="muted">${attempt.detail}</p>`}
      ${attempt.response && html`<pre class="code">${attempt.response}</pre>`}
    </li>
  `;
}

function Sent({ delivery }) {
  const { data } = useQuery(`/events/${delivery.event}`);
  return html`
    <h3>Attempts</h3>
    ${delivery.attempts.length === 0 && html`<p class="muted">None yet.</p>`}
    <ol class="plain-list">${delivery.attempts.map((each) => html`<${Attempt} key=${each.at} attempt=${each} />`)}</ol>
    ${delivery.next_attempt_at && html`<p>The next attempt is due <${Time} value=${delivery.next_attempt_at} relative />.</p>`}
    <h3>Request body</h3>
    <p class="muted">A signed POST; it is the event <${Link} to=${`events/${delivery.event}`}><code>${delivery.event}</code><//>.</p>
    ${data ? html`<${JsonView} value=${data} />` : html`<${Skeleton} lines=${4} />`}
  `;
}

function Delivery({ path, onClose, onAgain }) {
  const { can } = useSession();
  const { data, error, reload } = useQuery(path);
  const look = useLooks(reload);
  const sending = useAction(async () => {
    await api.post(`${path}/redeliver`);
    reload();
    look();
    onAgain();
  });
  const again = can("webhook_endpoints:write") && html`<${Button} kind="primary" busy=${sending.busy} onClick=${sending.run}>Send it again<//>`;
  return html`
    <${Dialog} title=${data?.event_type ?? "Delivery"} onClose=${onClose} wide footer=${again}>
      ${error && html`<${ErrorNotice} error=${error} retry=${reload} />`} ${sending.error && html`<${ErrorNotice} error=${sending.error} />`}
      ${data ? html`<${Sent} delivery=${data} />` : html`<${Skeleton} lines=${8} />`}
    <//>
  `;
}

/** @param {{endpoint: {id: string}, event?: string, onChange: () => void}} props `event` narrows it to one event's */
export function Deliveries({ endpoint, event, onChange }) {
  const [status, setStatus] = useState("");
  const [opened, open] = useState(null);
  const path = `/webhook-endpoints/${endpoint.id}/deliveries`;
  const list = useList(path, { status, event });
  const look = useLooks(() => {
    list.reload();
    onChange();
  });
  useEvents({}, look);
  const select = html`<${Select} name="status" label="Status" aria-label="Status" value=${status} options=${STATUSES} onChange=${setStatus} />`;
  const empty = html`<${Empty} title="Nothing was sent yet">What happens from now on is sent, and kept here for 30 days.<//>`;
  return html`
    <${Card} title="Deliveries" subtitle=${event ? `Of the event ${event}` : "The last 30 days"} actions=${select} flush>
      <${ListTable} list=${list} columns=${columns(open)} caption="Deliveries" empty=${empty} />
      ${opened && html`<${Delivery} path=${`${path}/${opened}`} onClose=${() => open(null)} onAgain=${look} />`}
    <//>
  `;
}
