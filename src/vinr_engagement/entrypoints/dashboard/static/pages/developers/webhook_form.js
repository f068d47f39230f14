// Making and changing a webhook endpoint.

import { html, useState } from "../../lib/preact.js";
import { useAction } from "../../lib/query.js";
import { Button, Dialog, Field, Form, TextInput } from "../../ui/index.js";
import { EventPicker } from "./event_picker.js";

/**
 * @param {{title: string, save: string, endpoint?: object, onSave: (draft: object) => Promise<void>, onClose: () => void}} props
 */
export function WebhookForm({ title, save, endpoint, onSave, onClose }) {
  const [draft, setDraft] = useState({
    url: endpoint?.url ?? "",
    description: endpoint?.description ?? "",
    enabled_events: endpoint?.enabled_events ?? ["*"],
  });
  const change = (name) => (value) => setDraft((before) => ({ ...before, [name]: value }));
  const saving = useAction(() => onSave({ ...draft, description: draft.description || null }));
  return html`
    <${Dialog} title=${title} onClose=${onClose} wide>
      <${Form} onSubmit=${saving.run} error=${saving.error} busy=${saving.busy}>
        <${Field} name="url" label="URL" hint="Starts with https:// and leads to public addresses">
          <${TextInput} name="url" value=${draft.url} onChange=${change("url")} placeholder="https://shop.example/webhooks" />
        <//>
        <${Field} name="description" label="Description" optional>
          <${TextInput} name="description" value=${draft.description} onChange=${change("description")} />
        <//>
        <${Field} name="enabled_events" label="Events">
          <${EventPicker} value=${draft.enabled_events} onChange=${change("enabled_events")} />
        <//>
        <div class="dialog-actions">
          <${Button} kind="secondary" onClick=${onClose}>Cancel<//>
          <${Button} kind="primary" type="submit" busy=${saving.busy} disabled=${draft.enabled_events.length === 0}>${save}<//>
        </div>
      <//>
    <//>
  `;
}
