// Runs before the first paint, so that a chosen theme never flashes. A file of its own because inline scripts are not allowed.
(function () {
  try {
    var theme = localStorage.getItem("parclose.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (_) {
    // Storage may be closed to us; the system's theme is used then.
  }
})();
