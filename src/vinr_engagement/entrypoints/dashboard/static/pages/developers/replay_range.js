// Telling an endpoint everything again that was recorded in a span of time.

import { api } from "../../lib/api.js";
import { number } from "../../lib/format.js";
import { html, useState } from "../../lib/preact.js";
import { useAction } from "../../lib/query.js";
import { useClock } from "../../lib/session.js";
import { DateTimeInput, Field, toast } from "../../ui/index.js";
import { FormDialog, inputsOf } from "./form_dialog.js";

const HOUR = 3_600_000;

/** @param {{endpoint: {id: string}, onClose: () => void, onDone: () => void}} props */
export function ReplayRange({ endpoint, onClose, onDone }) {
  const { now } = useClock();
  const [range, setRange] = useState(() => {
    const end = Date.parse(now) + 60_000;
    return { from: new Date(end - HOUR).toISOString(), to: new Date(end).toISOString() };
  });
  const input = inputsOf(range, setRange);
  const replaying = useAction(async () => {
    const { events } = await api.post(`/webhook-endpoints/${endpoint.id}/replay`, range);
    toast(`${number(events)} ${events === 1 ? "event is" : "events are"} told again`);
    onDone();
    onClose();
  });
  return html`
    <${FormDialog} title="Replay events" save="Replay" action=${replaying} onClose=${onClose}>
      <p>Everything that the endpoint takes and that was recorded in this time is sent again, up to 10,000 events.</p>
      <${Field} name="from" label="From"><${DateTimeInput} ...${input("from")} /></${Field}>
      <${Field} name="to" label="Up to, not including"><${DateTimeInput} ...${input("to")} /></${Field}>
    </${FormDialog}>
  `;
}
