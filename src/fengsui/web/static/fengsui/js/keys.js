/* The keyboard, and the pop-over of a clause.
 *
 * - / find, n report, j k through the rows, Enter main act of the row, e reasons, ? keys; g and the letter of a page
 *   (data-g of its link in the navigation) goes there, so that only pages this person has are reached and listed.
 * - Nothing works while somebody types. Escape closes what is open and gives the focus back.
 */
(() => {
  const { words, fill } = window.fengsui;
  let going = 0;
  let pop = null;
  let opener = null;

  /* ---- a clause, opened where it stands; without this file it is a plain link */
  function line(box, tag, text, name) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.textContent = text;
    box.append(element);
    return element;
  }
  const said = new Map();  // an answer says once what a clause holds: what any of them said, by the clause's address
  function listen() {
    document.querySelectorAll("a.cite[data-says]").forEach((link) => said.set(link.getAttribute("href"), { ...link.dataset }));
  }
  listen();
  document.body.addEventListener("htmx:load", listen);
  function held(link) {
    const at = link.getAttribute("href");
    if (!said.has(at)) listen();
    return "says" in link.dataset ? link.dataset : said.get(at);
  }
  function close() {
    if (!pop) return;
    pop.remove();
    pop = null;
    if (opener) { opener.setAttribute("aria-expanded", "false"); opener.focus(); }
    opener = null;
  }
  function open(link) {
    const clause = held(link);
    if (!clause) { location.assign(link.href); return; }
    close();
    opener = link;
    pop = document.createElement("div");
    pop.className = "pop float";
    pop.setAttribute("role", "dialog");
    pop.setAttribute("aria-label", link.textContent);
    pop.tabIndex = -1;
    const own = clause.text;
    if (own) line(pop, "p", own, "quote");
    else if (clause.says) {
      line(pop, "p", clause.says, "said");
      line(pop, "p", words.summary_only, "cap");
    }
    const list = document.createElement("dl");
    list.className = "dl";
    if (clause.source || clause.at) {
      line(list, "dt", words.source);
      line(list, "dd", [clause.source, clause.at].filter(Boolean).join(" · "));
    }
    if (clause.rules) {
      line(list, "dt", words.carries);
      const all = document.createElement("dd");
      clause.rules.split("\n").forEach((rule) => line(all, "p", rule));
      list.append(all);
    }
    if (list.children.length) pop.append(list);
    const foot = document.createElement("p");
    foot.className = "btns";
    if (link.getAttribute("href") !== "#") {
      const go = line(foot, "a", words.open_in_plan, "btn sm");
      go.href = link.href;
    }
    line(foot, "span", words.escape_closes, "cap");
    pop.append(foot);
    document.body.append(pop);
    const at = link.getBoundingClientRect();
    const width = pop.offsetWidth;
    const left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - width - 8));
    const below = at.bottom + pop.offsetHeight + 8 < window.innerHeight;
    pop.style.setProperty("left", `${left + window.scrollX}px`);
    pop.style.setProperty("top", `${(below ? at.bottom + 6 : Math.max(8, at.top - pop.offsetHeight - 6)) + window.scrollY}px`);
    link.setAttribute("aria-expanded", "true");
    pop.focus();
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.cite[data-says], a.cite[data-same]");
    if (link && held(link) && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      if (opener === link) close(); else open(link);
      return;
    }
    if (pop && !pop.contains(event.target)) close();
    document.querySelectorAll("details.who[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  /* ---- the list of keys */
  function help() {
    const old = document.querySelector("dialog.dlg.keys");
    if (old) { old.close(); return; }
    const box = document.createElement("dialog");
    box.className = "dlg keys";
    const inside = line(box, "div", "", "in");
    line(inside, "h2", words.keys);
    const list = document.createElement("dl");
    list.className = "dl";
    const going = [...places()].map(([key, link]) => [`g ${key}`, fill(words.go_to, { page: link.firstChild.textContent.trim() })]);
    [...words.key_list, ...going].forEach(([key, text]) => { line(list, "dt", key, "mono"); line(list, "dd", text); });
    inside.append(list);
    const foot = line(box, "footer", "");
    const back = line(foot, "button", words.back, "btn");
    back.addEventListener("click", () => box.close());
    box.addEventListener("close", () => box.remove());
    document.body.append(box);
    box.showModal();
  }

  /* ---- rows */
  function rows() {
    return [...document.querySelectorAll(".obs > li, .tb tbody tr, .next > li")].filter((row) => row.offsetParent);
  }
  function step(by) {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.classList.contains("here"));
    const next = Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by));
    all.forEach((row) => row.classList.remove("here"));
    all[next].classList.add("here");
    all[next].tabIndex = -1;
    all[next].focus({ preventScroll: true });
    all[next].scrollIntoView({ block: "nearest" });
  }
  function act() {
    const row = document.querySelector(".here");
    const link = row && (row.querySelector("[data-go]") || row.querySelector("a[href]:not(.cite)"));
    if (link) link.click();
  }
  function reasons() {
    const row = document.querySelector(".here");
    const link = row && row.querySelector("a.cite");
    if (link) { open(link); return; }
    const more = document.querySelector("details.more");
    if (more) more.open = !more.open;
  }

  const here = document.querySelector(".tour [aria-current]");
  if (here) here.parentNode.parentNode.scrollLeft = here.offsetLeft - 20;

  function places() {
    return new Map([...document.querySelectorAll("[data-g]")].map((link) => [link.dataset.g, link]));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      close();
      document.querySelectorAll("details.who[open]").forEach((menu) => { menu.open = false; });
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
    const place = going && places().get(event.key);
    going = 0;
    if (place) { location.href = place.href; return; }
    const find = document.querySelector("[data-find]");
    if (event.key === "/") { event.preventDefault(); if (find) find.focus(); else location.href = "/cases/"; }
    else if (event.key === "n") { const report = document.querySelector("[data-n]"); if (report) location.href = report.href; }
    else if (event.key === "g") { going = 1; setTimeout(() => { going = 0; }, 1500); }
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "Enter" && !event.target.closest("a, button, summary")) act();
    else if (event.key === "e") reasons();
    else if (event.key === "?") help();
  });
})();
