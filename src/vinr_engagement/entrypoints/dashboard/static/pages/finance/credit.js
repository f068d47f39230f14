// Store credit that is owed, per currency.

import { money } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { useQuery } from "../../lib/query.js";
import { Card, Empty, ErrorNotice, PeriodPicker, Skeleton, Table, usePeriod } from "../../ui/index.js";

const amount = (key, label) => ({
  key,
  label,
  align: "end",
  render: (row) => money(row[key], row.currency),
});

const COLUMNS = [
  { key: "currency", label: "Currency", render: (row) => row.currency },
  { ...amount("outstanding_before", "Before"), priority: 3 },
  amount("issued", "Issued"),
  amount("spent", "Spent"),
  { ...amount("returned", "Given back"), priority: 3 },
  { ...amount("reversed", "Taken back"), priority: 3 },
  { ...amount("expired", "Expired"), priority: 3 },
  amount("outstanding", "Outstanding"),
];

/** @param {{program: {id: string}}} props */
export function Credit({ program }) {
  const period = usePeriod();
  const params = { program: program.id, "period[gte]": period.gte, "period[lt]": period.lt };
  const { data, error, reload } = useQuery("/loyalty/analytics/summary", params, { refreshOn: ["credit."] });
  if (error) return html`<${ErrorNotice} error=${error} retry=${reload} />`;
  if (!data) return html`<${Skeleton} lines=${6} />`;
  return html`
    <${Card} title="Store credit" subtitle=${`Money owed to members: ${period.label}`} actions=${html`<${PeriodPicker} />`} flush>
      ${
        data.credit.length === 0
          ? html`<${Empty} title="No store credit yet">It is issued by hand, or by a reward.</${Empty}>`
          : html`<${Table} caption="Store credit per currency" columns=${COLUMNS} rows=${data.credit} />`
      }
    </${Card}>
  `;
}
