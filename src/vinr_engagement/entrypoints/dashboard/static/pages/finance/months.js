// Months as the API writes them: 2026-01.

/**
 * @param {string} first
 * @param {number} offset  in months
 * @returns {string}
 */
export function monthAfter(first, offset) {
  const [year, month] = first.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 + offset, 1)).toISOString().slice(0, 7);
}

/** @param {string} month @returns {string} its first day */
export const firstDayOf = (month) => `${month}-01`;
