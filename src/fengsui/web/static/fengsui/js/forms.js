/* Forms: nothing is sent twice, nothing typed is lost. Every form works without this file.
 *
 * - A button that was pressed says 正在报送… and stays shut until the server answers.
 * - A form with data-draft keeps what was typed in this browser until the server has taken it: the page that follows
 *   carries the receipt (data-draft-done). A draft found again is offered, never sent.
 * - A file is chosen with a button of the page; without this file the browser shows its own.
 * - A value that is typed or chosen makes an unknown fact an unverified one; 不清楚 empties the value.
 */
(() => {
  const { words, fill } = window.fengsui;
  const KEEP = "fengsui.draft.";
  const SENT = "fengsui.sent";

  /* ---- drafts that were sent: gone with the receipt; remembered only while a refused form stands here to be mended */
  let sent = JSON.parse(sessionStorage.getItem(SENT) || "[]");
  sessionStorage.removeItem(SENT);
  if (document.querySelector("[data-draft-done]")) sent.forEach((name) => localStorage.removeItem(KEEP + name));
  if (!document.querySelector("form[data-draft][data-given]")) sent = [];

  /* ---- pressed once */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.busy) { event.preventDefault(); return; }
    if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("data-quick")) return;
    const button = event.submitter;
    if (button && button.hasAttribute("formnovalidate")) return;
    form.dataset.busy = "1";
    if (form.dataset.draft) sessionStorage.setItem(SENT, JSON.stringify([...new Set([...sent, form.dataset.draft])]));
    // After this turn of the loop: a disabled button would not send its own name.
    setTimeout(() => {
      form.querySelectorAll("button").forEach((each) => { each.disabled = true; });
      if (button) { button.dataset.was = button.textContent; button.textContent = words.sending; }
    });
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-busy]").forEach((form) => {
      delete form.dataset.busy;
      form.querySelectorAll("button").forEach((each) => {
        each.disabled = false;
        if (each.dataset.was) each.textContent = each.dataset.was;
      });
    });
  });

  /* ---- files: the button and what was chosen in the page's language; the input itself keeps focus and keys */
  function files(input) {
    const label = document.createElement("label"), chosen = document.createElement("span"), row = document.createElement("span");
    const say = () => { chosen.textContent = Array.from(input.files, (file) => file.name).join(", ") || words.no_file; };
    label.className = "btn";
    label.htmlFor = input.id;
    label.textContent = words.choose_file;
    chosen.className = "dim";
    row.className = "flex";
    row.append(label, chosen);
    input.classList.add("vh");
    input.after(row);
    input.addEventListener("change", say);
    say();
  }
  document.querySelectorAll("input[type=file]").forEach(files);

  /* ---- facts in three states */
  function state(name, value) {
    const radio = document.querySelector(`input[name="k.${CSS.escape(name)}"][value="${value}"]`);
    if (radio) radio.checked = true;
  }
  function picked(name) {
    const checked = document.querySelector(`input[name="k.${CSS.escape(name)}"]:checked`);
    return checked ? checked.value : "";
  }
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.name) return;
    if (field.name.startsWith("f.") && picked(field.name.slice(2)) === "unknown") state(field.name.slice(2), "unverified");
    if (field.name.startsWith("k.") && field.value === "unknown") {
      document.querySelectorAll(`[name="f.${CSS.escape(field.name.slice(2))}"]`).forEach((value) => {
        if (value.type === "radio" || value.type === "checkbox") value.checked = false;
        else value.value = "";
      });
    }
  }, true);

  /* ---- drafts */
  function read(form) {
    const kept = {};
    for (const [name, value] of new FormData(form)) {
      if (name === "csrfmiddlewaretoken" || name === "key" || name === "confirm" || typeof value !== "string") continue;
      (kept[name] = kept[name] || []).push(value);
    }
    return kept;
  }
  function write(form, kept) {
    for (const field of form.elements) {
      if (!field.name || field.name === "csrfmiddlewaretoken" || field.name === "key" || field.type === "file") continue;
      const values = kept[field.name] || [];
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else if (field.tagName !== "BUTTON" && field.name in kept) field.value = values[0];
    }
  }
  function drafts(form) {
    const name = KEEP + form.dataset.draft;
    const note = form.querySelector("[data-draft-note]");
    const offer = form.querySelector("[data-draft-offer]");
    const fresh = JSON.stringify(read(form));
    let timer = 0;
    const found = localStorage.getItem(name);
    if (found && offer && !form.dataset.given) {
      const kept = JSON.parse(found);
      if (JSON.stringify(kept.values) !== fresh) {
        offer.hidden = false;
        offer.querySelector("[data-draft-time]").textContent = kept.at;
        offer.querySelector("[data-draft-take]").addEventListener("click", () => {
          write(form, kept.values);
          offer.hidden = true;
          form.dispatchEvent(new Event("input", { bubbles: true }));
        });
        offer.querySelector("[data-draft-drop]").addEventListener("click", () => {
          localStorage.removeItem(name);
          offer.hidden = true;
        });
      }
    }
    function keep() {
      const at = window.fengsui.clock();
      timer = 0;
      localStorage.setItem(name, JSON.stringify({ at, values: read(form) }));
      if (note) note.textContent = fill(words.draft_kept, { at });
    }
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(keep, 600);
    });
    // The last words are kept before they are sent, not after: then the receipt has already taken the draft away.
    form.addEventListener("submit", () => {
      if (!timer) return;
      clearTimeout(timer);
      keep();
    });
  }
  document.querySelectorAll("form[data-draft]").forEach(drafts);

  /* ---- what cannot be undone is asked once more, in a dialog over the form; 返回 has the focus and Escape is 返回 */
  function sure(box) {
    const form = box.closest("form");
    const dialog = document.createElement("dialog");
    const grave = (box.dataset.grave || "").split(" ").filter(Boolean);
    const value = () => new FormData(form).get("value") || "";
    let shown = value();
    dialog.className = "dlg";
    dialog.id = "sure";
    dialog.dataset.grave = grave.join(" ");
    dialog.setAttribute("aria-labelledby", "sure-h");
    dialog.append(...box.children);
    box.replaceWith(dialog);
    dialog.querySelector("footer").hidden = false;
    const back = dialog.querySelector("[data-back]");
    const field = dialog.querySelector("#i-confirm");
    back.addEventListener("click", () => dialog.close());
    dialog.addEventListener("keydown", (event) => {
      const all = [...dialog.querySelectorAll("a[href], input, button")];
      const end = event.shiftKey ? all[0] : all[all.length - 1];
      if (event.key !== "Tab" || document.activeElement !== end) return;
      event.preventDefault();
      (event.shiftKey ? all[all.length - 1] : all[0]).focus();
    });
    async function follow() {
      if (value() === shown) return;
      const address = new URL(location.href);
      address.searchParams.set("value", value());
      const answer = await fetch(address);
      const list = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("follows");
      if (!list) return;
      shown = address.searchParams.get("value");
      dialog.querySelector("#follows").replaceChildren(...list.children);
    }
    function open(focus) {
      dialog.showModal();
      focus.focus();
      follow().catch(() => {});
    }
    form.addEventListener("submit", (event) => {
      if (dialog.open || (grave.length && value() && !grave.includes(value()))) return;
      event.preventDefault();
      open(back);
    });
    return { again: "again" in box.dataset, open: () => open(field) };
  }
  const asked = [...document.querySelectorAll("#sure")].map(sure)[0];

  /* ---- an error takes the focus; a link in it leads to the field */
  const wrong = document.getElementById("errors") || document.getElementById("refusal");
  if (asked && asked.again) asked.open();
  else if (wrong && !wrong.closest("[data-example]")) wrong.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".errs a");
    if (!link) return;
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    if (target.id === "confirm" && asked) { asked.open(); return; }
    const field = target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea");
    target.scrollIntoView({ block: "center" });
    if (field) field.focus();
  });

  /* ---- a sheet is printed by the browser */
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  /* ---- on paper nothing can be unfolded: what is folded is open while it is printed, but for forms */
  const unfolded = [];
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("main details:not([open])").forEach((fold) => {
      if (fold.closest("form") || fold.querySelector("form")) return;
      fold.open = true;
      unfolded.push(fold);
    });
  });
  window.addEventListener("afterprint", () => { unfolded.splice(0).forEach((fold) => { fold.open = false; }); });

  /* ---- theme: kept in a cookie by the server, changed here at once */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-theme-form]") || !event.submitter) return;
    const theme = event.submitter.value;
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  });

  /* ---- receipts leave after six seconds, failures stay; focus or pointer holds them */
  function fade(toast) {
    let timer = 0;
    const start = () => { timer = setTimeout(() => toast.remove(), 6000); };
    const hold = () => clearTimeout(timer);
    toast.addEventListener("focusin", hold);
    toast.addEventListener("mouseenter", hold);
    toast.addEventListener("focusout", start);
    toast.addEventListener("mouseleave", start);
    start();
  }
  document.querySelectorAll("[data-toast]").forEach((toast) => { if (toast.dataset.toast !== "stay") fade(toast); });
})();
