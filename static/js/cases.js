// Keys for the pages of concerns, and "Hide screen". Every page works without it.

const script = document.querySelector("script[data-cover]");
const keysAreOff = () => /(?:^|;\s*)shortcuts=off(?:;|$)/.test(document.cookie);
const WITHIN_MS = 700; // two presses of Escape belong together

// What is on the page goes first: the neutral page may take a moment to come.
const cover = () => {
  document.title = "Welcome";
  document.body.hidden = true;
  location.assign(script.dataset.cover);
};

// Back from the neutral page, out of the browser's cache.
addEventListener("pageshow", (event) => {
  if (event.persisted) document.body.hidden = false;
});

for (const link of document.querySelectorAll("[data-hide-screen]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    cover();
  });
}

const isWriting = (target) =>
  target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);

const rows = [...document.querySelectorAll("[data-row]")];
const step = (by) => {
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by;
  rows[Math.min(rows.length - 1, Math.max(0, next))].focus();
};

let escapedAt = -Infinity;
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    if (event.timeStamp - escapedAt < WITHIN_MS) cover();
    escapedAt = event.timeStamp;
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (keysAreOff() || isWriting(event.target)) return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  if (key === "?") return location.assign(script.dataset.list);
  if (/^[a-z]$/.test(key)) document.querySelector(`[data-key="${key}"]`)?.click();
});
