// Notes for how long a policy was in view before it is signed, and whether its end was reached:
// evidence that goes with the signature. Nothing on the page waits for it or depends on it.

const MOST_MESSAGES = 20; // of one page; what is not told is told by the next
const LEAST_SECONDS = 2;

const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
const texts = [...document.querySelectorAll("[data-reading]")];
const ended = new Set();
let messages = 0;
let untold = 0; // milliseconds
let inView = null; // since when, or null while another window is in front

const count = () => {
  const now = performance.now();
  if (inView !== null) untold += now - inView;
  inView = document.visibilityState === "visible" ? now : null;
};

const tell = () => {
  count();
  if (!token || messages >= MOST_MESSAGES) return;
  messages += 1;
  const seconds = Math.floor(untold / 1000);
  untold -= seconds * 1000;
  for (const text of texts) {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", token);
    data.append("seconds", seconds);
    data.append("end", ended.has(text) ? "1" : "0");
    navigator.sendBeacon(text.dataset.reading, data);
  }
};

if (texts.length) {
  count();
  document.addEventListener("visibilitychange", () => {
    count();
    if (document.visibilityState === "hidden" && untold >= LEAST_SECONDS * 1000) tell();
  });
  addEventListener("pagehide", () => {
    count();
    if (untold >= LEAST_SECONDS * 1000) tell();
  });
  const ends = new IntersectionObserver((seen) => {
    const reached = seen.filter((each) => each.isIntersecting);
    for (const one of reached) {
      ends.unobserve(one.target);
      ended.add(texts.find((text) => text.contains(one.target)));
    }
    if (reached.length) tell();
  });
  for (const text of texts) ends.observe(text.lastElementChild ?? text);
}
