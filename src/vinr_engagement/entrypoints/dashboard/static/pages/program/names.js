// What sentences about a program need to know beside the object that they tell of: its currency, zone, tiers, and names.

import { useMemo } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";

const MOST = 100;

/**
 * The words of a program: for sentences, and for fields that offer its tiers, segments and rewards.
 * @param {object|undefined} program
 * @returns {import("./words.js").Words & {segmentList: object[], rewardList: object[]}}
 */
export function useWords(program) {
  const wanted = program ? { program: program.id, limit: MOST } : null;
  const segments = useList(wanted && "/loyalty/segments", wanted ?? {});
  const rewards = useList(wanted && "/loyalty/rewards", wanted ?? {});
  return useMemo(() => wordsOf(program, segments.items, rewards.items), [program, segments.items, rewards.items]);
}

function wordsOf(program, segments, rewards) {
  return {
    currency: program?.default_currency,
    zone: program?.timezone,
    points: program?.currency.name,
    tiers: program?.tier_config.tiers ?? [],
    segments: namesById(segments),
    rewards: namesById(rewards),
    segmentList: segments,
    rewardList: rewards,
    pointValue: program?.currency.point_value,
  };
}

function namesById(entries) {
  return Object.fromEntries(entries.map(({ id, name }) => [id, name]));
}
