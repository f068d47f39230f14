// The figures of a period, each against the period before.

import { money, number, percent, points } from "../../lib/format.js";
import { html } from "../../lib/preact.js";
import { Stat } from "../../ui/index.js";

/**
 * How much more it is than before, as a fraction; undefined where there is nothing to compare with.
 *
 * @param {number | undefined} now @param {number | undefined} before @returns {number | undefined}
 */
export function changeOf(now, before) {
  if (now === undefined || !before) return undefined;
  return (now - before) / Math.abs(before);
}

/** How many points left members' hands, whichever sign they are counted with. */
export const burned = ({ redeemed, expired, reversed }) => Math.abs(redeemed) + Math.abs(expired) + Math.abs(reversed);

function membersOf(summary, before) {
  const { total, new: joined } = summary.enrollment;
  return {
    label: "Members",
    value: number(total),
    hint: `${number(joined)} new in this period`,
    change: changeOf(total, before?.enrollment.total),
    was: before && number(before.enrollment.total),
    good: "up",
    to: "members",
  };
}

function activeOf(summary, before) {
  return {
    label: "Active in 90 days",
    value: number(summary.active_members_90d),
    hint: shareOf(summary.active_members_90d, summary.enrollment.total),
    change: changeOf(summary.active_members_90d, before?.active_members_90d),
    was: before && number(before.active_members_90d),
    good: "up",
  };
}

function shareOf(part, whole) {
  return whole > 0 ? `${percent(part / whole)} of members` : undefined;
}

function pointsOf(label, key, good) {
  return (summary, before) => ({
    label,
    value: points(Math.abs(summary.points[key])),
    change: changeOf(Math.abs(summary.points[key]), before && Math.abs(before.points[key])),
    was: before && points(Math.abs(before.points[key])),
    good,
  });
}

function outstandingOf(summary, before) {
  const { outstanding, pending } = summary.points;
  return {
    label: "Points outstanding",
    value: points(outstanding),
    hint: pending ? `${points(pending)} of them pending` : undefined,
    change: changeOf(outstanding, before?.points.outstanding),
    was: before && points(before.points.outstanding),
    to: "finance",
  };
}

function liabilityOf(summary, before) {
  const { amount, currency } = summary.points_liability;
  return {
    label: "Liability",
    value: money(amount, currency),
    change: changeOf(amount, before?.points_liability.amount),
    was: before && money(before.points_liability.amount, currency),
    hint: "What the points redeem for",
    to: "finance",
  };
}

function rateOf(summary, before) {
  return {
    label: "Redemption rate",
    value: summary.redemption_rate === null ? "–" : percent(summary.redemption_rate),
    was: before?.redemption_rate ? percent(before.redemption_rate) : undefined,
    hint: "Redeemed of what was earned",
    good: "up",
  };
}

function redemptionsOf(summary, before) {
  const { count, applied } = summary.redemptions;
  return {
    label: "Redemptions",
    value: number(count),
    hint: `${number(applied)} used`,
    change: changeOf(count, before?.redemptions.count),
    was: before && number(before.redemptions.count),
    good: "up",
  };
}

const FIGURES = [
  membersOf,
  activeOf,
  outstandingOf,
  liabilityOf,
  rateOf,
  pointsOf("Points earned", "earned", "up"),
  pointsOf("Points redeemed", "redeemed", "up"),
  pointsOf("Points expired", "expired", "down"),
  pointsOf("Clawed back", "reversed", "down"),
  redemptionsOf,
];

/** @param {{summary: object, before?: object, label: string}} props two answers of the analytics summary */
export function Figures({ summary, before, label }) {
  return html`
    <section aria-label=${`Figures: ${label}`} class="figures">
      ${FIGURES.map((figure) => {
        const props = figure(summary, before);
        return html`<${Stat} key=${props.label} ...${props} />`;
      })}
    </section>
  `;
}
