/* Keeps a page fresh, and says so when it cannot.
 *
 * - Every 20 seconds, while the page is seen, fs:poll is sent; the element #live asks what has changed. The server
 *   answers 204 when nothing has; panels are replaced one by one.
 * - A panel that holds the focus, a selection or something typed is not replaced under the hands of a person: it says
 *   有更新, and is replaced when the hands leave it or that is pressed. What was unfolded stays unfolded.
 * - Two failures in a row bring the strip: the countdown is right, the content may be old. Nothing is sent by itself.
 *   A line that the computer itself knows to be gone is said at once, on every page of who is signed in.
 * - Five minutes before the session ends, the strip says so; the button prolongs it and nothing typed is lost.
 */
(() => {
  const { words, fill, correct, now, clock } = window.fengsui;
  const EVERY = 20000;
  const body = document.body;
  let failures = 0;
  let ends = Date.parse(document.documentElement.dataset.sessionEnds || "");

  const strip = document.getElementById("strip");
  function tell(text, kind, action) {
    strip.dataset.kind = kind;
    strip.firstElementChild.textContent = text;
    strip.querySelectorAll("a, button").forEach((old) => old.remove());
    if (action) strip.append(action);
    strip.hidden = false;
  }
  function quiet(kind) {
    if (strip.dataset.kind === kind) strip.hidden = true;
  }

  function poll() {
    if (document.visibilityState === "visible") htmx.trigger(body, "fs:poll");
  }
  setInterval(poll, EVERY);
  document.addEventListener("visibilitychange", poll);
  window.addEventListener("pageshow", (event) => { if (event.persisted) poll(); });

  body.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    if (event.detail.verb !== "get" && token) event.detail.headers["X-CSRFToken"] = token.value;
    if (event.detail.elt.id === "live") event.detail.headers["Fengsui-Live"] = "1";
  });

  function lost() {
    failures += 1;
    if (failures >= 2) tell(fill(words.offline, { at: clock() }), "offline");
  }
  window.addEventListener("offline", () => { if (ends) tell(fill(words.offline, { at: clock() }), "offline"); });
  window.addEventListener("online", () => {
    if (document.getElementById("live")) poll();
    else quiet("offline");
  });
  body.addEventListener("htmx:sendError", lost);
  body.addEventListener("htmx:timeout", lost);
  body.addEventListener("htmx:afterRequest", (event) => {
    const answer = event.detail.xhr;
    if (!answer || !answer.status) return;
    if (answer.status === 401) { expired(); return; }
    if (answer.status >= 500) { lost(); return; }
    failures = 0;
    quiet("offline");
    const time = answer.getResponseHeader("Fengsui-Now");
    if (time) correct(Date.parse(time));
    const end = answer.getResponseHeader("Fengsui-Session-Ends");
    if (end) ends = Date.parse(end);
  });

  /* ---- panels */
  const held = new Map();
  function inUse(panel) {
    const focus = document.activeElement;
    if (focus && focus !== body && panel.contains(focus)) return true;
    const marked = getSelection();
    if (marked.rangeCount && !marked.isCollapsed && marked.getRangeAt(0).intersectsNode(panel)) return true;
    return [...panel.querySelectorAll("input, textarea")].some((field) =>
      field.type === "radio" || field.type === "checkbox" ? field.checked !== field.defaultChecked
        : field.value !== field.defaultValue);
  }
  function folds(panel) {
    return [...panel.querySelectorAll("details")].map((fold) => [
      fold.firstElementChild ? fold.firstElementChild.textContent.replace(/\d+/g, "").trim() : "", fold]);
  }
  function unfoldAs(old, fresh) {
    const was = new Map(folds(old).map(([name, fold]) => [name, fold.open]));
    folds(fresh).forEach(([name, fold]) => { if (was.has(name)) fold.open = was.get(name); });
  }
  function replace(old, fresh) {
    unfoldAs(old, fresh);
    old.replaceWith(fresh);
    htmx.process(fresh);
    fresh.dispatchEvent(new CustomEvent("fs:placed", { bubbles: true }));
  }
  function release() {
    for (const [id, fresh] of held) {
      const old = document.getElementById(id);
      if (old && inUse(old)) continue;
      held.delete(id);
      if (old) replace(old, fresh);
    }
  }
  function newer(panel) {
    if (panel.querySelector("[data-newer]")) return;
    const link = document.createElement("a");
    link.href = location.href;
    link.className = "t soon";
    link.dataset.newer = "";
    link.textContent = words.newer;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const fresh = held.get(panel.id);
      held.delete(panel.id);
      if (!fresh) return;
      replace(panel, fresh);
      fresh.tabIndex = -1;
      fresh.focus();
    });
    (panel.querySelector("header") || panel).append(link);
  }
  body.addEventListener("htmx:oobBeforeSwap", (event) => {
    const old = event.detail.target;
    const fresh = event.detail.fragment.firstElementChild;
    if (!fresh || old.id === "live") return;
    if (!inUse(old)) { unfoldAs(old, fresh); held.delete(old.id); return; }
    event.detail.shouldSwap = false;
    fresh.removeAttribute("hx-swap-oob");
    held.set(old.id, fresh);
    newer(old);
  });
  document.addEventListener("focusout", () => setTimeout(release));
  document.addEventListener("selectionchange", () => { if (held.size) setTimeout(release); });
  body.addEventListener("htmx:oobAfterSwap", (event) => {
    event.target.dispatchEvent(new CustomEvent("fs:placed", { bubbles: true }));
  });
  body.addEventListener("htmx:afterSwap", (event) => {
    event.target.dispatchEvent(new CustomEvent("fs:placed", { bubbles: true }));
  });

  /* ---- the session */
  function expired() {
    const link = document.createElement("a");
    link.href = `/sign-in/?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.target = "_blank";
    link.rel = "opener";
    link.textContent = words.sign_in_again;
    tell(words.expired, "expired", link);
  }
  function stay() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn sm";
    button.textContent = words.stay;
    button.addEventListener("click", () => {
      fetch("/p/session", { headers: { "HX-Request": "true" } }).then((answer) => {
        if (!answer.ok) { expired(); return; }
        ends = Date.parse(answer.headers.get("Fengsui-Session-Ends"));
        correct(Date.parse(answer.headers.get("Fengsui-Now")));
        quiet("ending");
      }, lost);
    });
    return button;
  }
  setInterval(() => {
    if (!ends) return;
    const left = ends - now();
    if (left <= 0) { if (strip.dataset.kind !== "expired" || strip.hidden) expired(); return; }
    if (left <= 300000 && (strip.hidden || strip.dataset.kind !== "ending")) {
      tell(fill(words.ending, { minutes: Math.ceil(left / 60000) }), "ending", stay());
    }
  }, 5000);
})();
