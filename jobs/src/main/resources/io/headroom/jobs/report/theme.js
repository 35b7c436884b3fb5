"use strict";
/* Light or dark: as the system is, until the button is pressed; light on paper. */
const theme = (() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const listeners = [];
  let chosen = null;

  function show(name) {
    root.dataset.theme = name;
    const button = document.getElementById("theme");
    button.textContent = name === "dark" ? "Light" : "Dark";
    button.setAttribute("aria-label", `Switch to ${name === "dark" ? "light" : "dark"} colours`);
  }

  const current = () => chosen ?? (system.matches ? "dark" : "light");

  function apply(name) {
    show(name);
    listeners.forEach(listener => listener());
  }

  function start() {
    show(current());
    document.getElementById("theme").addEventListener("click", () => {
      chosen = current() === "dark" ? "light" : "dark";
      apply(chosen);
    });
    system.addEventListener("change", () => apply(current()));
    addEventListener("beforeprint", () => apply("light"));
    addEventListener("afterprint", () => apply(current()));
  }

  return {
    start,
    onChange: listener => listeners.push(listener),
    color: name => getComputedStyle(root).getPropertyValue(`--${name}`).trim(),
  };
})();
