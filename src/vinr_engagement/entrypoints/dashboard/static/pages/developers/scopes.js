// What a restricted key may do: for each resource nothing, read, or write, which includes to read.

import { inWords } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { Select } from "../../ui/index.js";

export const RESOURCES = [
  "accounts",
  "transactions",
  "credit",
  "programs",
  "earning_rules",
  "rewards",
  "redemptions",
  "referrals",
  "segments",
  "campaigns",
  "analytics",
  "customers",
  "events",
  "received_events",
  "webhook_endpoints",
  "connectors",
  "reports",
  "audit_log",
  "api_keys",
  "people",
  "test_helpers",
];

const ACCESS = [
  ["", "None"],
  ["read", "Read"],
  ["write", "Write"],
];

function accessOf(scopes, resource) {
  if (scopes.includes(`${resource}:write`)) return "write";
  return scopes.includes(`${resource}:read`) ? "read" : "";
}

function changed(scopes, resource, access) {
  const others = scopes.filter((scope) => !scope.startsWith(`${resource}:`));
  return access ? [...others, `${resource}:${access}`] : others;
}

/** @param {{value: string[], onChange: (scopes: string[]) => void}} props */
export function ScopesPicker({ value, onChange }) {
  const line = (resource) => html`
    <label class="dev-scope" key=${resource}>
      <span>${inWords(resource)}</span>
      <${Select} value=${accessOf(value, resource)} options=${ACCESS} onChange=${(access) => onChange(changed(value, resource, access))} />
    </label>
  `;
  return html`
    <fieldset class="dev-picker">
      <legend class="field-label">Scopes</legend>
      <p class="field-hint">To write includes to read.</p>
      <div class="dev-scopes">${RESOURCES.map(line)}</div>
    </fieldset>
  `;
}
