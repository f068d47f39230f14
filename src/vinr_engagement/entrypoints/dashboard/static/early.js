// Runs before the first paint, so that a page in the theme that was chosen never shows the other first.
try {
  const theme = localStorage.getItem("vinr.dashboard.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // This browser remembers nothing: the system's theme it is.
}
