// What happens, as it happens.

import { useFeed } from "../../lib/live.js";
import { html } from "../../lib/preact.js";
import { Link } from "../../lib/router.js";
import { Card, Empty, Time } from "../../ui/index.js";
import { shortId, useNames } from "./names.js";
import { pageOf, sentenceOf, subjectOf } from "./sentence.js";

/** What another event beside it tells of (the points of a redemption), or what matters to programs alone, is left out. */
const TOLD = new Set([
  "loyalty.account.created",
  "loyalty.account.closed",
  "loyalty.account.merged",
  "loyalty.points.earned",
  "loyalty.points.reversed",
  "loyalty.points.adjusted",
  "loyalty.points.expired",
  "loyalty.tier.changed",
  "loyalty.reward.redeemed",
  "redemption.released",
  "redemption.reversed",
  "redemption.conflict",
  "referral.converted",
  "credit.issued",
  "credit.spent",
  "campaign.started",
  "campaign.ended",
  "campaign.completed",
]);
const LOOKED_AT = 40;

/**
 * One event: who, what, how much, why and when.
 * @param {{event: object, name?: string, quiet?: boolean}} props  `quiet`: without why and when
 */
export function Sentence({ event, name, quiet }) {
  const { did, much, about } = sentenceOf(event);
  const who = name ?? (subjectOf(event) || shortId(event.account));
  const space = did.startsWith("’") ? "" : " ";
  return html`
    <span class="feed-text">
      <${Link} to=${pageOf(event.account)}>${who}</${Link}>${space}${did}${much ? html` <strong>${much}</strong>` : ""}
      ${!quiet && html`<span class="feed-about">${about ? `${about} · ` : ""}<${Time} value=${event.created_at} relative /></span>`}
    </span>
  `;
}

function Line({ event, name }) {
  return html`
    <li class="feed-line">
      <i class=${`dot tone-${sentenceOf(event).tone}`} aria-hidden="true"></i>
      <${Sentence} event=${event} name=${name} />
    </li>
  `;
}

/** Points that a redemption gives back are told of by the redemption, and not at all where it only ran out of time. */
function isTold({ type, data: { object } }) {
  if (type === "loyalty.points.reversed") return !object?.redemption;
  if (type === "redemption.released") return object?.release_reason !== "expired";
  return TOLD.has(type);
}

/** The last events in words, the newest first; it grows by itself. */
export function LiveFeed({ limit = 12 }) {
  const events = useFeed({ limit: LOOKED_AT }).filter(isTold).slice(0, limit);
  const names = useNames(events.map((event) => event.account));
  const lines = events.map((event) => html`<${Line} key=${event.id} event=${event} name=${names.get(event.account)} />`);
  const all = html`<${Link} to="events">All events</${Link}>`;
  return html`
    <${Card} title="Latest events" actions=${all}>
      ${
        events.length === 0
          ? html`<${Empty} title="Nothing happened yet">What members do appears here the moment it happens.</${Empty}>`
          : html`<ol class="feed" aria-label="Latest events">${lines}</ol>`
      }
    </${Card}>
  `;
}
