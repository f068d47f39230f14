// That what was owed at first, and what changed it, make what is owed at the end.

/** What changes what is owed: its name, its meaning, and the direction that it goes in; 0 for what has its own sign. */
const MOVEMENTS = [
  ["earned", "Earned", "Granted for purchases and other events", 1],
  ["adjusted", "Adjusted", "Granted or taken by hand", 0],
  ["returned", "Returned", "Given back by redemptions that came to nothing", 1],
  ["redeemed", "Redeemed", "Used for rewards", -1],
  ["reversed", "Clawed back", "Taken back by refunds", -1],
  ["expired", "Expired", "Lost: less is owed, and nothing was given", -1],
];

/**
 * @param {Record<string, number>} figures  `points` of a summary
 * @returns {{lines: Array<{key: string, label: string, about: string, amount: number}>, sum: number, difference: number}}
 *   `sum`: opening and movements; `difference`: by how much closing is more
 */
export function reconcile(figures) {
  const signedBy = (direction, value) => (direction === 0 ? value : direction * Math.abs(value) || 0);
  const lines = MOVEMENTS.map(([key, label, about, direction]) => ({ key, label, about, amount: signedBy(direction, figures[key]) }));
  const sum = lines.reduce((total, { amount }) => total + amount, figures.outstanding_before);
  return { lines, sum, difference: figures.outstanding - sum };
}
