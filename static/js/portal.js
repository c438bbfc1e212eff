// Enhances pages that already work without it.

const SEND_AGAIN_AFTER_MS = 8000; // a download leaves the page standing: the button must come back

const release = (form) => {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled=true]")) {
    button.removeAttribute("aria-disabled");
  }
};

// A second click sends nothing. The button is never `disabled`, so its name and value are sent too.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
  setTimeout(release, SEND_AGAIN_AFTER_MS, form);
});

// Back brings the page out of the browser's cache as it was left.
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
});

document.querySelector(".error-summary")?.focus();

for (const slot of document.querySelectorAll("[data-print-label]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-outline-secondary";
  button.textContent = slot.dataset.printLabel;
  button.addEventListener("click", () => print());
  slot.append(button);
}
