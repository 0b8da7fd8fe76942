// Runs before the first paint, so a chosen theme never flashes. A file of its own: the content
// security policy forbids inline scripts. The keys are those of src/state/appearance.svelte.ts.
(() => {
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem("clickclack:theme:v1");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (localStorage.getItem("clickclack:density:v1") === "compact") root.dataset.density = "compact";
  } catch {
    // Storage may be forbidden; the system's theme is then the answer.
  }
})();
