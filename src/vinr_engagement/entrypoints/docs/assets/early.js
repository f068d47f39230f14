// Before the first paint: the theme and the language of code that were chosen last.
(() => {
  const root = document.documentElement;
  const kept = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null; // Storage may be forbidden: then nothing is remembered.
    }
  };
  root.classList.add("js");
  const theme = kept("vinr.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const language = kept("vinr.language");
  if (["curl", "python", "ts"].includes(language)) root.dataset.language = language;
})();
