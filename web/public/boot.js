// Runs before the first paint, so neither a chosen theme nor a wrong outline flashes. A file of its
// own: the content security policy forbids inline scripts. The keys are those of
// src/state/appearance.svelte.ts.
(() => {
  const root = document.documentElement;
  // Pages in front of the app do not have its shape.
  if (/^\/(setup|invite|signin|reset)(\/|$)/.test(location.pathname)) root.dataset.door = "";
  try {
    const theme = localStorage.getItem("clickclack:theme:v1");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (localStorage.getItem("clickclack:density:v1") === "compact") root.dataset.density = "compact";
  } catch {
    // Storage may be forbidden; the system's theme is then the answer.
  }
})();
