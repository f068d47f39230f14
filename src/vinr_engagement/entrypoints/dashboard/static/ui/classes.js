/**
 * Class names that apply: `classes("card", isFlush && "flush")`.
 * @param {...(string|false|null|undefined)} names
 */
export const classes = (...names) => names.filter(Boolean).join(" ");
