/* The bell of this browser: silent until somebody switches it on here.
 *
 * - It rings when a limit is 30, 10 and 0 minutes away (fs:remind); once for one case within two minutes, also when the
 *   page is open in several tabs.
 * - A browser gives no sound to a page that nobody has touched: then the strip says so until somebody does.
 */
(() => {
  const { words } = window.fengsui;
  const SWITCH = "fengsui.ring";
  const RANG = "fengsui.rang.";
  const QUIET = 120000;
  let sound = null;

  const on = () => localStorage.getItem(SWITCH) === "on";
  const ready = () => sound && sound.state === "running";

  function note(at, pitch) {
    const tone = sound.createOscillator();
    const level = sound.createGain();
    tone.frequency.value = pitch;
    level.gain.setValueAtTime(0.0001, at);
    level.gain.exponentialRampToValueAtTime(0.4, at + 0.02);
    level.gain.exponentialRampToValueAtTime(0.0001, at + 0.5);
    tone.connect(level).connect(sound.destination);
    tone.start(at);
    tone.stop(at + 0.55);
  }
  function ring() {
    document.dispatchEvent(new CustomEvent("fs:rang"));
    if (!ready()) return;
    [880, 660, 880].forEach((pitch, n) => note(sound.currentTime + n * 0.35, pitch));
  }
  function wake() {
    if (!on()) return;
    sound = sound || new AudioContext();
    sound.resume().then(show, show);
  }

  const strip = document.getElementById("strip");
  function show() {
    document.querySelectorAll("[data-ring-switch]").forEach((row) => { row.hidden = false; });
    document.querySelectorAll("[data-ring]").forEach((button) => {
      button.setAttribute("aria-pressed", String((button.dataset.ring === "on") === on()));
    });
    if (on() && !ready() && strip.hidden) {
      strip.dataset.kind = "ring";
      strip.firstElementChild.textContent = words.ring_needs_touch;
      strip.hidden = false;
    } else if (strip.dataset.kind === "ring" && (!on() || ready())) strip.hidden = true;
  }

  document.addEventListener("fs:remind", (event) => {
    if (!on()) return;
    const name = RANG + event.detail.owner;
    const last = Number(localStorage.getItem(name) || 0);
    if (Math.abs(event.detail.at - last) < QUIET) return;
    localStorage.setItem(name, String(event.detail.at));
    ring();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-ring]");
    if (!button) return;
    localStorage.setItem(SWITCH, button.dataset.ring);
    if (!on()) { show(); return; }
    sound = sound || new AudioContext();
    sound.resume().then(() => { show(); ring(); }, show);
  });
  ["pointerdown", "keydown"].forEach((kind) => document.addEventListener(kind, wake, { once: true }));
  wake();
  show();
})();
