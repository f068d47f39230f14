// What can be done with a campaign: launch, end, archive, copy.

import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/preact.js";
import { invalidate } from "../../lib/query.js";
import { navigate } from "../../lib/router.js";
import { useClock, useSession } from "../../lib/session.js";
import { Button, Confirm, Menu, Notice, toast } from "../../ui/index.js";

const PATH = "/loyalty/campaigns";

/** @param {{campaign: object, isChanged: boolean}} props  isChanged: whether the form holds what is not saved */
export function CampaignActions({ campaign, isChanged }) {
  const { can } = useSession();
  const [asked, ask] = useState(null);
  if (!can("campaigns:write")) return null;
  const { status } = campaign;
  const items = [
    { label: "Duplicate", onSelect: () => navigate(`campaigns/new?copy=${campaign.id}`) },
    status === "active" && { label: "End now…", danger: true, onSelect: () => ask("end") },
    status !== "archived" && { label: "Archive…", danger: true, onSelect: () => ask("archive") },
  ];
  const Asked = { launch: Launch, end: End, archive: Archive }[asked];
  return html`
    ${status === "draft" && html`<${Button} kind="primary" icon="play" onClick=${() => ask("launch")}>Launch<//>`}
    <${Menu} label="More" items=${items} />
    ${Asked && html`<${Asked} campaign=${campaign} isChanged=${isChanged} onClose=${() => ask(null)} />`}
  `;
}

async function changed(campaign, body, message) {
  await api.patch(`${PATH}/${campaign.id}`, body);
  invalidate(PATH);
  invalidate("/audit-log");
  toast(message);
}

function Launch({ campaign, isChanged, onClose }) {
  const { now } = useClock();
  const startsLater = campaign.schedule.starts_at && Date.parse(campaign.schedule.starts_at) > Date.parse(now);
  const launch = () => changed(campaign, { status: "active" }, startsLater ? "It is scheduled." : "It is running.");
  return html`
    <${Confirm} title=${`Launch “${campaign.name}”?`} confirm="Launch" onConfirm=${launch} onClose=${onClose} disabled=${isChanged}>
      <p>
        ${startsLater ? "It begins by its schedule." : "It begins at once."} Once it has begun, what it does, for whom, and how much for a member
        stay as they are.
      </p>
      ${isChanged && html`<${Notice} tone="amber" title="Save first">The form holds changes that are not saved.<//>`}
    <//>
  `;
}

function End({ campaign, onClose }) {
  const { now } = useClock();
  const end = () => changed(campaign, { schedule: { ends_at: now } }, "It has ended.");
  return html`
    <${Confirm} title=${`End “${campaign.name}” now?`} confirm="End the campaign" danger onConfirm=${end} onClose=${onClose}>
      <p>What happens from now on no longer counts. What was given stays given. A later end can be set again.</p>
    <//>
  `;
}

function Archive({ campaign, onClose }) {
  const archive = () => changed(campaign, { status: "archived" }, "It is archived.");
  return html`
    <${Confirm} title=${`Archive “${campaign.name}”?`} confirm="Archive for good" danger onConfirm=${archive} onClose=${onClose}>
      <p>${campaign.status === "active" ? "It ends at once. " : ""}An archived campaign stays archived; its results remain.</p>
    <//>
  `;
}
