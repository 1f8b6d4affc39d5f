/* Tells the time by the server.
 *
 * - The page says the server's time when it was made (data-now); from then on the monotonic clock counts. The clock of
 *   the computer is never asked.
 * - Every answer of the server may bring a later time (fs:now); two seconds of difference are corrected and said so.
 * - A countdown that passes zero turns overdue by itself, without waiting for the server.
 * - 30, 10 and 0 minutes before a limit are said once, politely; the passing of a limit once, at once. What of one case
 *   comes within two minutes is said together; `fs:remind` tells the bell. A tab in the background ticks once a minute,
 *   so a mark counts as passed for a minute and a half.
 */
(() => {
  const root = document.documentElement;
  const words = JSON.parse(document.getElementById("words").textContent);
  const zone = root.dataset.zone || "Asia/Shanghai";
  const title = document.title;
  const TOLD = "fengsui.told";
  const PLACED = ["x", "y", "a", "b", "e", "v"];
  const MARKS = [30, 10, 0];
  const TOGETHER = 120;
  const STILL = 90;
  const told = new Set(JSON.parse(sessionStorage.getItem(TOLD) || "[]"));
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

  /* ---- reminders */
  function waiting(at) {
    return [...document.querySelectorAll("[data-key] [data-due]")].map((element) => {
      const row = element.closest("[data-key]");
      const what = row.querySelector(".what");
      return {
        owner: row.dataset.case || location.pathname,
        id: `${row.dataset.case || ""} ${row.dataset.key} ${element.dataset.due}`,
        left: Math.floor((Date.parse(element.dataset.due) - at) / 1000),
        name: what ? what.textContent : "",
      };
    });
  }

  function remind(at) {
    const all = waiting(at);
    const said = { say: [], alarm: [] };
    const owners = new Set();
    for (const minutes of MARKS) {
      const near = (row, early) => row.left <= minutes * 60 + early && row.left > minutes * 60 - STILL
        && !told.has(`${row.id}/${minutes}`);
      for (const owner of new Set(all.filter((row) => near(row, 0)).map((row) => row.owner))) {
        const rows = all.filter((row) => row.owner === owner && near(row, minutes ? TOGETHER : 0));
        rows.forEach((row) => told.add(`${row.id}/${minutes}`));
        const name = [...new Set(rows.map((row) => row.name))].join("、");
        if (minutes) said.say.push(fill(words.minutes_left, { name, minutes }));
        else said.alarm.push(fill(words.now_overdue, { name }));
        owners.add(owner);
      }
    }
    if (!owners.size) return;
    sessionStorage.setItem(TOLD, JSON.stringify([...told].slice(-300)));
    Object.keys(said).forEach((where) => { if (said[where].length) say(where, said[where].join("；")); });
    owners.forEach((owner) => document.dispatchEvent(new CustomEvent("fs:remind", { detail: { owner, at } })));
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
  }

  function tick() {
    const at = now();
    const shown = clock.format(at);
    document.querySelectorAll("[data-clock]").forEach((element) => { element.textContent = shown; });
    document.querySelectorAll("[data-due]").forEach((element) => count(element, at));
    remind(at);
    const late = document.querySelectorAll('[data-key][data-s="late"]').length;
    document.title = late ? `${fill(words.title_late, { n: late })} · ${title}` : title;
  }

  function place(scope) {
    for (const name of PLACED) {
      scope.querySelectorAll(`[data-${name}]`).forEach((each) => each.style.setProperty(`--${name}`, each.dataset[name]));
    }
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
