// The reader's choice of colours, applied before the first paint and remembered on this device.
// Not a module: a module would run after the page has been painted in the other colours.
(() => {
  const KEY = "criterion:theme";
  const root = document.documentElement;

  const remembered = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage is switched off: the system's colours
    }
  };

  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.bsTheme = theme;
    else delete root.dataset.bsTheme;
  };

  apply(remembered());

  document.addEventListener("DOMContentLoaded", () => {
    const choice = document.querySelector("[data-theme-choice]");
    if (!choice) return;
    const buttons = [...choice.querySelectorAll("button")];
    const show = () => {
      const now = root.dataset.bsTheme ?? "system";
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === now));
    };
    choice.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      try {
        if (button.value === "system") localStorage.removeItem(KEY);
        else localStorage.setItem(KEY, button.value);
      } catch {
        // Not remembered, but still applied to this page.
      }
      apply(button.value);
      show();
    });
    choice.hidden = false;
    show();
  });

  // Another tab changed it.
  addEventListener("storage", (event) => {
    if (event.key === KEY) apply(event.newValue);
  });
})();
