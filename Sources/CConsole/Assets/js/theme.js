// Light, dark, or as the system says.

const place = "sluice.theme";
const order = ["system", "light", "dark"];

const current = () => localStorage.getItem(place) ?? "system";

function apply(button) {
  const theme = current();
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  button.textContent = `Theme: ${theme}`;
}

export function setUpTheme(button) {
  apply(button);
  button.addEventListener("click", () => {
    localStorage.setItem(place, order[(order.indexOf(current()) + 1) % order.length]);
    apply(button);
  });
}
