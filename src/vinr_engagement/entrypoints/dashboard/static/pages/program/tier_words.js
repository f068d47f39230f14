/** Tiers in words. Pure. */
import { periodWords } from "./differences.js";
import { same } from "./paths.js";
import { cash, count, factor, list, points, sentence } from "./words.js";

const DOWN = {
  immediate: "Whoever falls below moves down at once",
  period_end: "Whoever falls below keeps the tier to the end of the next period",
  never: "Nobody moves down",
};

/**
 * What counts, over which time, and who moves down when.
 * @param {object} config
 * @param {import("./words.js").Words} words
 */
export function tiersSentence(config, words) {
  const what = config.qualify_on === "spend" ? "What members spend" : `The ${words.points || "points"} that members earn`;
  const verb = config.qualify_on === "spend" ? "counts" : "count";
  const grace = config.downgrade.mode !== "never" && config.downgrade.grace_days;
  const down = `${DOWN[config.downgrade.mode]}${grace ? `, ${count(grace, "day", "days", words)} later` : ""}`;
  return `${sentence(`${what} ${verb} over ${periodWords(config.period, words)}`)} ${sentence(down)}`;
}

/** What reaches a tier, and what it brings. */
export function tierSentence(tier, config, words) {
  const least = config.qualify_on === "spend" ? `${cash(tier.threshold || 0, words.currency, words)} spent` : `${points(tier.threshold || 0, words)} earned`;
  const from = tier.threshold === 0 ? "from the start" : `from ${least}`;
  const by = Number(tier.multiplier ?? 1);
  const more = [by === 1 ? "" : `${factor(by, words)}${by === 2 || by === 3 ? "" : " the"} points`, ...(tier.benefits ?? [])].filter(Boolean);
  return sentence(`${tier.name || "…"}: ${from}${more.length ? `, with ${list(more)}` : ""}`);
}

/** Whether an edit has every member placed anew; names, benefits and factors do not. */
export function placesAnew(draft, held) {
  return !same(placing(draft), placing(held));
}

function placing({ qualify_on: on, period, downgrade, tiers }) {
  const steps = tiers.map(({ key, name, rank, threshold }) => [Number(rank), key || name, Number(threshold)]);
  return [on, period, downgrade, steps.sort(([one], [other]) => one - other)];
}
