// Telling an endpoint everything again that was recorded in a span of time.

import { api } from "../../lib/api.js";
import { number } from "../../lib/format.js";
import { html, useState } from "../../lib/preact.js";
import { useAction } from "../../lib/query.js";
import { useClock } from "../../lib/session.js";
import { Button, DateTimeInput, Dialog, Field, Form, toast } from "../../ui/index.js";

const HOUR = 3_600_000;

/** @param {{endpoint: {id: string}, onClose: () => void}} props */
export function ReplayRange({ endpoint, onClose }) {
  const { now } = useClock();
  const [range, setRange] = useState(() => ({ from: new Date(Date.parse(now) - HOUR).toISOString(), to: now }));
  const change = (name) => (value) => setRange((before) => ({ ...before, [name]: value }));
  const replaying = useAction(async () => {
    const { events } = await api.post(`/webhook-endpoints/${endpoint.id}/replay`, range);
    toast(`${number(events)} ${events === 1 ? "event is" : "events are"} told again`);
    onClose();
  });
  return html`
    <${Dialog} title="Replay events" onClose=${onClose}>
      <${Form} onSubmit=${replaying.run} error=${replaying.error} busy=${replaying.busy}>
        <p>Everything that the endpoint takes and that was recorded in this time is sent again, up to 10,000 events.</p>
        <${Field} name="from" label="From"><${DateTimeInput} name="from" value=${range.from} onChange=${change("from")} /><//>
        <${Field} name="to" label="Up to, not including"><${DateTimeInput} name="to" value=${range.to} onChange=${change("to")} /><//>
        <div class="dialog-actions">
          <${Button} kind="secondary" onClick=${onClose}>Cancel<//>
          <${Button} kind="primary" type="submit" busy=${replaying.busy}>Replay<//>
        </div>
      <//>
    <//>
  `;
}
