/* Keeps a page fresh, and says so when it cannot.
 *
 * - Every 20 seconds, while the page is seen, fs:poll is sent; the element #live asks what has changed. The server
 *   answers 204 when nothing has; panels are replaced one by one.
 * - A panel that holds the focus is not replaced under the hands of a person: it says 有更新 instead.
 * - Two failures in a row bring the strip: the countdown is right, the content may be old. Nothing is sent by itself.
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

  body.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    if (event.detail.verb !== "get" && token) event.detail.headers["X-CSRFToken"] = token.value;
    if (event.detail.elt.id === "live") event.detail.headers["Fengsui-Live"] = "1";
  });

  function lost() {
    failures += 1;
    if (failures >= 2) tell(fill(words.offline, { at: clock() }), "offline");
  }
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

  body.addEventListener("htmx:oobBeforeSwap", (event) => {
    const old = event.detail.target;
    const held = document.activeElement;
    const typing = held && held !== body && old.contains(held) && held.matches("input, textarea, select, button, a, summary");
    const open = old.querySelector("details[open]:not([data-open])");
    if (!typing && !open) return;
    event.detail.shouldSwap = false;
    if (old.querySelector("[data-newer]")) return;
    const button = document.createElement("a");
    button.href = location.href;
    button.className = "t soon";
    button.dataset.newer = "";
    button.textContent = words.newer;
    const head = old.querySelector("header");
    (head || old).append(button);
  });
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
