// Kindnesses for those who are signed in; every page works without them.
"use strict";

// What is being written survives a reload. It is forgotten once it was sent: then the next page is not the form again.
{
  const sent = sessionStorage.getItem("sent");
  sessionStorage.removeItem("sent");
  if (sent && !document.querySelector("form[data-again]")) localStorage.removeItem(sent);
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const key = "draft:" + form.dataset.draft;
    const text = form.elements.text;
    if (text.value === text.defaultValue && !form.hasAttribute("data-again")) {
      text.value = localStorage.getItem(key) || text.value;
    }
    text.addEventListener("input", () => {
      if (text.value === text.defaultValue) localStorage.removeItem(key);
      else localStorage.setItem(key, text.value);
    });
    form.addEventListener("submit", () => sessionStorage.setItem("sent", key));
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
