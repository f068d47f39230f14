// What a restricted key may do: for each resource nothing, read, or write, which includes to read.

import { html } from "../../lib/preact.js";
import { Select } from "../../ui/index.js";
import { inWords } from "../overview/sentence.js";

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
  "customers",
  "events",
  "received_events",
  "webhook_endpoints",
  "connectors",
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
  return html`
    <div class="dev-scopes" role="group" aria-label="Scopes">
      ${RESOURCES.map(
        (resource) => html`
          <div class="dev-scope" key=${resource}>
            <span>${inWords(resource)}</span>
            <${Select}
              name=${resource}
              aria-label=${inWords(resource)}
              label=${inWords(resource)}
              value=${accessOf(value, resource)}
              options=${ACCESS}
              onChange=${(access) => onChange(changed(value, resource, access))}
            />
          </div>
        `,
      )}
    </div>
  `;
}
