// Single keys of the marking desk. Any element may carry data-key="j": a link or button is pressed,
// a radio is chosen, a disclosure is opened or closed, anything else gets the focus.
// The keys rest while somebody types, and can be turned off; the choice is remembered.

const SETTING = "criterion:desk-keys";
const NOT_TYPING = new Set(["radio", "checkbox", "button", "submit", "reset", "range", "file"]);

let on = true;
try {
  on = localStorage.getItem(SETTING) !== "off";
} catch {
  // Storage is switched off: the keys work, the choice lasts as long as the page.
}

const isTyping = (target) =>
  target.closest("textarea, select, [contenteditable], audio, video") !== null ||
  (target instanceof HTMLInputElement && !NOT_TYPING.has(target.type));

const elementFor = (key) =>
  [...document.querySelectorAll("[data-key]")].find(
    (element) => element.dataset.key === key && !element.matches(":disabled"),
  );

const use = (element) => {
  if (element instanceof HTMLDetailsElement) {
    element.open = !element.open;
    element.querySelector("summary").focus();
  } else if (element.matches("input[type=radio], input[type=checkbox]")) {
    element.focus();
    element.click();
  } else if (element.matches("a[href], button")) {
    element.click();
  } else {
    element.focus();
    element.scrollIntoView({ block: "nearest" });
  }
};

document.addEventListener("keydown", (event) => {
  if (!on || event.defaultPrevented || event.repeat) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && isTyping(event.target)) {
    event.target.blur();
    return;
  }
  if (isTyping(event.target)) return;
  const element = elementFor(event.key.toLowerCase());
  if (!element) return;
  event.preventDefault();
  use(element);
});

const show = () => {
  for (const element of document.querySelectorAll("[data-key]")) {
    if (on) element.setAttribute("aria-keyshortcuts", element.dataset.key);
    else element.removeAttribute("aria-keyshortcuts");
  }
  for (const panel of document.querySelectorAll("[data-keys]")) {
    panel.hidden = false;
    panel.classList.toggle("is-off", !on);
  }
  for (const button of document.querySelectorAll("[data-keys-toggle]"))
    button.textContent = on ? "Turn keys off" : "Turn keys on";
};

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-keys-toggle]")) return;
  on = !on;
  try {
    localStorage.setItem(SETTING, on ? "on" : "off");
  } catch {
    // As above.
  }
  show();
});

show();
document.addEventListener("htmx:afterSettle", show);
