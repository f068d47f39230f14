// One event that the world was told: what it says, and to which endpoints it went.

import { html } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { Link } from "../../lib/router.js";
import { useSession } from "../../lib/session.js";
import { Card, DefinitionList, ErrorNotice, Id, JsonView, Page, Skeleton, Status, Time } from "../../ui/index.js";
import { Sentence } from "../overview/feed.js";
import { useNames } from "../overview/names.js";
import { pageOf } from "../overview/sentence.js";

const BACK = { to: "events", label: "Events" };

function Delivered({ endpoint, event }) {
  const { data } = useQuery(`/webhook-endpoints/${endpoint.id}/deliveries`, { event: event.id, limit: 10 });
  const sent = data?.data.map(
    (each) => html`<span key=${each.id}><${Status} value=${each.status} /> <${Time} value=${each.updated_at} relative /></span>`,
  );
  return html`
    <li class="dev-delivered">
      <${Link} to=${`webhooks/${endpoint.id}?event=${event.id}`} class="dev-url">${endpoint.url}</${Link}>
      ${!sent ? html`<${Skeleton} lines=${1} />` : sent.length > 0 ? sent : html`<span class="muted">Not sent there</span>`}
    </li>
  `;
}

function Deliveries({ event }) {
  const { data, error } = useQuery("/webhook-endpoints", { limit: 100 });
  if (error) return html`<${ErrorNotice} error=${error} />`;
  if (!data) return html`<${Skeleton} lines=${2} />`;
  if (data.data.length === 0) return html`<p class="muted">There are no <${Link} to="webhooks">webhook endpoints</${Link}>.</p>`;
  return html`<ul>${data.data.map((each) => html`<${Delivered} key=${each.id} endpoint=${each} event=${event} />`)}</ul>`;
}

function Facts({ event, name }) {
  const items = [
    ["About", html`<${Link} to=${pageOf(event.account)}>${name ?? event.account}</${Link}>`],
    ["Sequence number", event.account_sequence],
    ["Recorded", html`<${Time} value=${event.created_at} />`],
    ["Id", html`<${Id} value=${event.id} />`],
  ];
  return html`<${DefinitionList} items=${items} />`;
}

function Shown({ event }) {
  const { can } = useSession();
  const name = useNames([event.account]).get(event.account);
  return html`
    <${Page} title=${event.type} subtitle=${html`<${Sentence} event=${event} name=${name} />`} back=${BACK}>
      <div class="dev-columns">
        <${Card} title="Event"><${JsonView} value=${event} label="Event" /></${Card}>
        <div class="stack gap-4">
          <${Card} title="Facts"><${Facts} event=${event} name=${name} /></${Card}>
          ${can("webhook_endpoints:read") && html`<${Card} title="Deliveries"><${Deliveries} event=${event} /></${Card}>`}
        </div>
      </div>
    </${Page}>
  `;
}

export default function EventPage({ params }) {
  const { data, error, reload } = useQuery(`/events/${params.event}`);
  if (data) return html`<${Shown} event=${data} />`;
  return html`
    <${Page} title="Event" back=${BACK}>
      ${error ? html`<${ErrorNotice} error=${error} retry=${reload} />` : html`<${Skeleton} lines=${10} />`}
    </${Page}>
  `;
}
