/* Tells the time by the server.
 *
 * - The page says the server's time when it was made (data-now); from then on the monotonic clock counts. The clock of
 *   the computer is never asked.
 * - Every answer of the server may bring a later time (fs:now); two seconds of difference are corrected and said so.
 * - A countdown that passes zero turns overdue by itself, without waiting for the server.
 * - 30, 10 and 0 minutes before a limit are said once, politely; the passing of a limit once, at once.
 */
(() => {
  const root = document.documentElement;
  const words = JSON.parse(document.getElementById("words").textContent);
  const zone = root.dataset.zone || "Asia/Shanghai";
  const title = document.title;
  const told = new Set();
  let server = Date.parse(root.dataset.now);
  let mark = performance.now();

  const two = (n) => String(n).padStart(2, "0");
  const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });

  function now() {
    return server + Math.floor((performance.now() - mark) / 1000) * 1000;
  }

  function span(seconds) {
    const days = Math.floor(seconds / 86400);
    const hours = Math.floor((seconds % 86400) / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    const rest = two(Math.floor(seconds % 60));
    if (days >= 10) return fill(words.only_days, { days });
    if (days >= 1) return fill(words.days, { days, hours });
    return hours ? `${hours}:${two(minutes)}:${rest}` : `${two(minutes)}:${rest}`;
  }

  function say(where, text) {
    document.getElementById(where).textContent = text;
  }

  function announce(key, left, name) {
    for (const minutes of [30, 10, 0]) {
      const id = `${key}/${minutes}`;
      if (left > minutes * 60 || left < minutes * 60 - 2 || told.has(id)) continue;
      told.add(id);
      if (minutes) say("say", fill(words.minutes_left, { name, minutes }));
      else say("alarm", fill(words.now_overdue, { name }));
    }
  }

  function count(element, at) {
    const row = element.closest("[data-s]");
    const due = Date.parse(element.dataset.due);
    const left = Math.floor((due - at) / 1000);
    element.lastChild.textContent = span(Math.abs(left));
    if (!row) return;
    if (left < 0 && row.dataset.s !== "late") {
      row.dataset.s = "late";
      element.firstChild.textContent = words.overdue;
    }
    if (element.dataset.from) {
      const from = Date.parse(element.dataset.from);
      row.style.setProperty("--p", Math.max(0, (at - from) / (due - from)).toFixed(4));
    }
    const what = row.querySelector(".what");
    announce(row.dataset.key, left, what ? what.textContent : "");
  }

  function tick() {
    const at = now();
    const shown = clock.format(at);
    document.querySelectorAll("[data-clock]").forEach((element) => { element.textContent = shown; });
    document.querySelectorAll("[data-due]").forEach((element) => count(element, at));
    const late = document.querySelectorAll('[data-s="late"]').length;
    document.title = late ? `${fill(words.title_late, { n: late })} · ${title}` : title;
  }

  function place(scope) {
    scope.querySelectorAll("[data-x]").forEach((element) => element.style.setProperty("--x", element.dataset.x));
    scope.querySelectorAll("[data-y]").forEach((element) => element.style.setProperty("--y", element.dataset.y));
  }

  function correct(moment) {
    const off = Math.abs(moment - now());
    server = moment;
    mark = performance.now();
    if (off < 2000) return;
    document.querySelectorAll("[data-synced]").forEach((element) => {
      element.textContent = fill(words.corrected, { seconds: Math.round(off / 1000) });
    });
  }

  window.fengsui = { now, span, fill, words, correct, say, zone, clock: () => clock.format(now()) };
  root.classList.add("js");
  place(document);
  tick();
  setInterval(tick, 1000);
  document.addEventListener("fs:placed", (event) => { place(event.target); tick(); });
})();
