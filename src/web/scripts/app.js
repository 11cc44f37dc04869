// Kindnesses for those who are signed in; every page works without them.
"use strict";

// What is being written survives a reload, with what says for whom and what it is. A cookie of the page that follows says that it was
// sent; only then is it forgotten, so it is there after any error.
{
  const PARTS = ["text", "warning", "kind", "language", "audience", "quotes", "markdown"];
  const NARROWER = ["public", "unlisted", "private", "direct"];

  const choices = (field) => {
    if (field.options) return [...field.options];
    if (field instanceof RadioNodeList) return [...field];
    return field.type === "radio" ? [field] : null;
  };
  const read = (field) => (field.type === "checkbox" && !field.checked ? "" : field.value);
  const write = (form, name, value) => {
    const field = form.elements[name];
    if (!field) {
      // The short form does not ask for it, and sends it all the same.
      if (!value) return;
      const kept = document.createElement("input");
      Object.assign(kept, { type: "hidden", name, value });
      kept.dataset.kept = "";
      form.append(kept);
      return;
    }
    const among = choices(field);
    if (field.type === "checkbox") field.checked = value === field.value;
    else if (!among) field.value = value;
    else for (const one of among) if (one.value === value) one[field.options ? "selected" : "checked"] = true;
  };

  const draftAt = (key) => {
    try {
      const draft = JSON.parse(localStorage.getItem(key));
      return typeof draft?.text === "string" ? draft : null;
    } catch {
      return null;
    }
  };
  const restore = (form, draft) => {
    const text = form.elements.text;
    // What an address asked for stays: whom it is to, and for no more than that.
    if (form.hasAttribute("data-asked") && !draft.text.includes(text.defaultValue.trim())) return;
    const audience = form.elements.audience;
    if (audience) {
      if (form.hasAttribute("data-asked") && NARROWER.indexOf(draft.audience) < NARROWER.indexOf(audience.value)) draft.audience = audience.value;
      // Rather nothing than for others.
      if (!choices(audience)?.some((one) => one.value === draft.audience)) return;
    }
    for (const name of PARTS) if (typeof draft[name] === "string") write(form, name, draft[name]);
  };

  const sent = document.cookie.split("; ").find((cookie) => /^(__Host-)?pollen[-_]sent/.test(cookie));
  if (sent) {
    const at = sent.indexOf("=");
    localStorage.removeItem("draft:" + sent.slice(at + 1));
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = sent.slice(0, at) + "=; Path=/; Max-Age=0; SameSite=Lax" + secure;
  }
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const key = "draft:" + form.dataset.draft;
    const { text, warning } = form.elements;
    const again = form.hasAttribute("data-again");
    const draft = draftAt(key);
    if (draft && text.value === text.defaultValue && !again) restore(form, draft);
    form.addEventListener("input", () => {
      const same = text.value === text.defaultValue && (!warning || warning.value === warning.defaultValue);
      const parts = PARTS.filter((name) => form.elements[name]).map((name) => [name, read(form.elements[name])]);
      if (same) for (const kept of form.querySelectorAll("[data-kept]")) kept.remove();
      if (same && !again) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(Object.fromEntries(parts)));
    });
  }
  // The next person at this machine finds none of it.
  document.querySelector('form[action="/auth/sign_out"]')?.addEventListener("submit", () => {
    for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
  });
}

// New posts wait behind one line at the top, which moves nothing that is read.
{
  const line = document.querySelector("[data-new]");
  if (line) {
    setInterval(async () => {
      if (document.hidden || line.firstChild) return;
      try {
        const answer = await fetch(line.dataset.new, { credentials: "same-origin" });
        // Whoever is not signed in any more is led to another page.
        if (answer.ok && !answer.redirected) line.innerHTML = await answer.text();
      } catch {
        // Not reachable at the moment: the next time, perhaps.
      }
    }, 60000);
  }
}

// Times are the reader's own: where nobody has said which those are, the browser knows.
{
  const field = document.querySelector("[data-zone]");
  if (field && !field.value) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
}
