// One event that the shop sent: as it came, what every rule made of it, and another chance for one that was ignored.

import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/preact.js";
import { invalidate, useAction, useQuery } from "../../lib/query.js";
import { useSession } from "../../lib/session.js";
import { Link } from "../../lib/router.js";
import { Button, Card, DefinitionList, Dialog, ErrorNotice, Field, Form, Id, JsonView, Page, Skeleton, Status, Time } from "../../ui/index.js";
import { MemberInput } from "./member_input.js";
import { Outcome } from "./outcome.js";

const BACK = { to: "received", label: "Received events" };

function Replay({ event, onClose, onDone }) {
  const [member, setMember] = useState(null);
  const replaying = useAction(async () => {
    const body = member?.account ? { account: member.account } : undefined;
    onDone(await api.post(`/events/${encodeURIComponent(event.id)}/replay`, body));
  });
  return html`
    <${Dialog} title="Replay the event" onClose=${onClose}>
      <${Form} onSubmit=${replaying.run} error=${replaying.error} busy=${replaying.busy}>
        <p>It is evaluated again in every program that ignored it, by the rules of now and the event’s own time.</p>
        ${
          !event.customer &&
          html`<${Field} name="account" label="Whose it is" hint="The event names nobody" optional>
            <${MemberInput} name="account" value=${member} onChange=${setMember} />
          <//>`
        }
        <div class="dialog-actions">
          <${Button} kind="secondary" onClick=${onClose}>Cancel<//>
          <${Button} kind="primary" type="submit" busy=${replaying.busy}>Replay<//>
        </div>
      <//>
    <//>
  `;
}

function Facts({ event }) {
  const customer = event.customer && html`<${Link} to=${`members?search=${encodeURIComponent(event.customer)}`}>${event.customer}<//>`;
  return html`
    <${DefinitionList}
      items=${[
        ["Status", html`<${Status} value=${event.status} />`],
        ["Customer", customer || "Nobody"],
        ["Happened", html`<${Time} value=${event.created_at} />`],
        ["Received", html`<${Time} value=${event.received_at} />`],
        ["Id", html`<${Id} value=${event.id} />`],
      ]}
    />
  `;
}

function Shown({ event, again }) {
  return html`
    <div class="dev-columns">
      <div class="dev-main">
        ${again && html`<${Outcome} outcome=${again} title="What came of the replay" />`}
        ${event.outcome ? html`<${Outcome} outcome=${event.outcome} title=${again ? "The first time" : "What came of it"} />` : html`<p class="muted">The member was erased: nothing is kept of what came of it.</p>`}
      </div>
      <div class="dev-side">
        <${Card} title="Facts"><${Facts} event=${event} /><//>
        <${Card} title="As it was sent"><${JsonView} value=${event.body} /><//>
      </div>
    </div>
  `;
}

export default function ReceivedEventPage({ params }) {
  const { can } = useSession();
  const [asking, setAsking] = useState(false);
  const [again, setAgain] = useState(null);
  const { data: event, error, reload } = useQuery(`/received-events/${encodeURIComponent(params.event)}`);
  if (error) return html`<${Page} title="Received event" back=${BACK}><${ErrorNotice} error=${error} retry=${reload} /><//>`;
  if (!event) return html`<${Page} title="Received event" back=${BACK}><${Skeleton} lines=${10} /><//>`;
  const done = (outcome) => {
    setAgain(outcome);
    setAsking(false);
    invalidate("/received-events");
  };
  const replayable = event.status === "ignored" && event.outcome && can("events:write");
  const replay = replayable && html`<${Button} icon="refresh" onClick=${() => setAsking(true)}>Replay<//>`;
  return html`
    <${Page} title=${event.type} subtitle=${html`<code>${event.id}</code>`} back=${BACK} actions=${replay}>
      <${Shown} event=${event} again=${again} />
      ${asking && html`<${Replay} event=${event} onClose=${() => setAsking(false)} onDone=${done} />`}
    <//>
  `;
}
