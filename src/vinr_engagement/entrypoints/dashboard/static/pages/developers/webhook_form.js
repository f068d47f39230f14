// Making and changing a webhook endpoint.

import { html, useState } from "../../lib/preact.js";
import { useAction } from "../../lib/query.js";
import { Field, TextInput } from "../../ui/index.js";
import { EventPicker } from "./event_picker.js";
import { FormDialog, inputsOf } from "./form_dialog.js";

/**
 * @param {{title: string, save: string, endpoint?: object, onSave: (draft: object) => Promise<void>, onClose: () => void}} props
 */
export function WebhookForm({ title, save, endpoint, onSave, onClose }) {
  const [draft, setDraft] = useState({
    url: endpoint?.url ?? "",
    description: endpoint?.description ?? "",
    enabled_events: endpoint?.enabled_events ?? ["*"],
  });
  const input = inputsOf(draft, setDraft);
  const saving = useAction(() => onSave({ ...draft, description: draft.description || null }));
  const none = draft.enabled_events.length === 0;
  return html`
    <${FormDialog} title=${title} save=${save} action=${saving} onClose=${onClose} disabled=${none} wide>
      <${Field} name="url" label="URL" hint="Starts with https:// and leads to public addresses">
        <${TextInput} ...${input("url")} type="url" placeholder="https://shop.example/webhooks" />
      </${Field}>
      <${Field} name="description" label="Description" optional><${TextInput} ...${input("description")} /></${Field}>
      <${EventPicker} ...${input("enabled_events")} />
    </${FormDialog}>
  `;
}
