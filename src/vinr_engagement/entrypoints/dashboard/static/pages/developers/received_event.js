// One event that the shop sent: as it came, what every rule made of it, and another chance for one that was ignored.

import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/preact.js";
import { invalidate, useAction, useQuery } from "../../lib/query.js";
import { Link } from "../../lib/router.js";
import { useSession } from "../../lib/session.js";
import { Button, Card, DefinitionList, ErrorNotice, Field, Id, JsonView, Notice, Page, Skeleton, Status, Time } from "../../ui/index.js";
import { FormDialog } from "./form_dialog.js";
import { MemberInput } from "./member_input.js";
import { Outcome } from "./outcome.js";

const BACK = { to: "received", label: "Received events" };
const pathOf = (id) => encodeURIComponent(id);

function Replay({ event, onClose, onDone }) {
  const [member, setMember] = useState(null);
  const replaying = useAction(async () => {
    const body = member ? { account: member.account } : undefined;
    onDone(await api.post(`/events/${pathOf(event.id)}/replay`, body));
  });
  return html`
    <${FormDialog} title="Replay the event" save="Replay" action=${replaying} onClose=${onClose}>
      <p>It is evaluated again in every program that ignored it, by the rules of now and the event’s own time.</p>
      ${
        !event.customer &&
        html`<${Field} name="account" label="Whose it is" hint="The event names nobody" optional>
          <${MemberInput} value=${member} onChange=${setMember} />
        </${Field}>`
      }
    </${FormDialog}>
  `;
}

function Facts({ event }) {
  const { customer } = event;
  const items = [
    ["Status", html`<${Status} value=${event.status} />`],
    ["Customer", customer ? html`<${Link} to=${`members?search=${encodeURIComponent(customer)}`}>${customer}</${Link}>` : "Nobody"],
    ["Happened", html`<${Time} value=${event.created_at} />`],
    ["Received", html`<${Time} value=${event.received_at} />`],
    ["Id", html`<${Id} value=${event.id} />`],
  ];
  return html`<${DefinitionList} items=${items} />`;
}

function Came({ event, again }) {
  const first = again ? "The first time" : "What came of it";
  return html`
    <div class="stack gap-4">
      ${again && html`<${Outcome} outcome=${again} title="What came of the replay" />`}
      ${
        event.outcome
          ? html`<${Outcome} outcome=${event.outcome} title=${first} />`
          : html`<${Notice} tone="neutral" title="Erased">Nothing is kept of what came of it: the member was erased.</${Notice}>`
      }
    </div>
  `;
}

function Shown({ event }) {
  const { can } = useSession();
  const [isAsking, setAsking] = useState(false);
  const [again, setAgain] = useState(null);
  const done = (outcome) => {
    setAgain(outcome);
    setAsking(false);
    invalidate("/received-events");
  };
  const canReplay = event.status === "ignored" && event.outcome && can("events:write");
  const replay = canReplay && html`<${Button} icon="refresh" onClick=${() => setAsking(true)}>Replay</${Button}>`;
  return html`
    <${Page} title=${event.type} subtitle=${html`<code>${event.id}</code>`} back=${BACK} actions=${replay}>
      <div class="dev-columns">
        <${Came} event=${event} again=${again} />
        <div class="stack gap-4">
          <${Card} title="Facts"><${Facts} event=${event} /></${Card}>
          <${Card} title="As it was sent"><${JsonView} value=${event.body} label="As it was sent" /></${Card}>
        </div>
      </div>
      ${isAsking && html`<${Replay} event=${event} onClose=${() => setAsking(false)} onDone=${done} />`}
    </${Page}>
  `;
}

export default function ReceivedEventPage({ params }) {
  const { data, error, reload } = useQuery(`/received-events/${pathOf(params.event)}`);
  if (data) return html`<${Shown} event=${data} />`;
  return html`
    <${Page} title="Received event" back=${BACK}>
      ${error ? html`<${ErrorNotice} error=${error} retry=${reload} />` : html`<${Skeleton} lines=${10} />`}
    </${Page}>
  `;
}
