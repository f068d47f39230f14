// One event that the world was told: what it says, and to which endpoints it went.

import { html } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { useSession } from "../../lib/session.js";
import { Link } from "../../lib/router.js";
import { Card, DefinitionList, ErrorNotice, Id, JsonView, Page, Skeleton, Status, Time } from "../../ui/index.js";
import { Sentence } from "../overview/feed.js";
import { useNames } from "../overview/names.js";
import { pageOf } from "../overview/sentence.js";

const BACK = { to: "events", label: "Events" };

function Delivered({ endpoint, event }) {
  const path = `/webhook-endpoints/${endpoint.id}/deliveries`;
  const { data } = useQuery(path, { event: event.id, limit: 10 });
  if (!data) return html`<li><${Skeleton} lines=${1} /></li>`;
  return html`
    <li class="dev-delivered">
      <${Link} to=${`webhooks/${endpoint.id}?event=${event.id}`}>${endpoint.url}<//>
      ${
        data.data.length === 0
          ? html`<span class="muted">Not sent there</span>`
          : data.data.map((each) => html`<span key=${each.id}><${Status} value=${each.status} /> <${Time} value=${each.updated_at} relative /></span>`)
      }
    </li>
  `;
}

function Deliveries({ event }) {
  const { data, error } = useQuery("/webhook-endpoints", { limit: 100 });
  if (error) return html`<${ErrorNotice} error=${error} />`;
  if (!data) return html`<${Skeleton} lines=${2} />`;
  if (data.data.length === 0) return html`<p class="muted">There are no <${Link} to="webhooks">webhook endpoints<//>.</p>`;
  return html`<ul class="plain-list">${data.data.map((each) => html`<${Delivered} key=${each.id} endpoint=${each} event=${event} />`)}</ul>`;
}

function Facts({ event, name }) {
  return html`
    <${DefinitionList}
      items=${[
        ["Type", html`<code>${event.type}</code>`],
        ["About", html`<${Link} to=${pageOf(event.account)}>${name ?? event.account}<//>`],
        ["Number of its member’s events", event.account_sequence],
        ["Recorded", html`<${Time} value=${event.created_at} />`],
        ["Id", html`<${Id} value=${event.id} />`],
      ]}
    />
  `;
}

export default function EventPage({ params }) {
  const { can } = useSession();
  const { data: event, error, reload } = useQuery(`/events/${params.event}`);
  const names = useNames(event ? [event.account] : []);
  if (error) return html`<${Page} title="Event" back=${BACK}><${ErrorNotice} error=${error} retry=${reload} /><//>`;
  if (!event) return html`<${Page} title="Event" back=${BACK}><${Skeleton} lines=${10} /><//>`;
  const name = names.get(event.account);
  return html`
    <${Page} title=${event.type} subtitle=${html`<${Sentence} event=${event} name=${name} />`} back=${BACK}>
      <div class="dev-columns">
        <${Card} title="Event"><${JsonView} value=${event} /><//>
        <div class="dev-side">
          <${Card} title="Facts"><${Facts} event=${event} name=${name} /><//>
          ${can("webhook_endpoints:read") && html`<${Card} title="Deliveries"><${Deliveries} event=${event} /><//>`}
        </div>
      </div>
    <//>
  `;
}
