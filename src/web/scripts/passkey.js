// Passkeys: asks the browser for one when a form with data-passkey is sent, puts its answer into the form, and sends it. What is asked
// stands in data-options, with bytes in base64url.
"use strict";
(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => {
    if (!buffer) return null;
    let letters = "";
    for (const byte of new Uint8Array(buffer)) letters += String.fromCharCode(byte);
    return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const listed = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const create = async (options) => {
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = listed(options.excludeCredentials);
    const made = await navigator.credentials.create({ publicKey: options });
    return {
      id: made.id,
      rawId: text(made.rawId),
      type: made.type,
      response: {
        attestationObject: text(made.response.attestationObject),
        clientDataJSON: text(made.response.clientDataJSON),
      },
    };
  };

  const get = async (options) => {
    options.challenge = bytes(options.challenge);
    options.allowCredentials = listed(options.allowCredentials);
    const given = await navigator.credentials.get({ publicKey: options });
    return {
      id: given.id,
      rawId: text(given.rawId),
      type: given.type,
      response: {
        authenticatorData: text(given.response.authenticatorData),
        clientDataJSON: text(given.response.clientDataJSON),
        signature: text(given.response.signature),
        userHandle: text(given.response.userHandle),
      },
    };
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const problem = form.querySelector("[data-problem]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.hidden = true;
      try {
        if (!window.PublicKeyCredential) throw new Error("no passkeys in this browser");
        const options = JSON.parse(form.dataset.options);
        const answer = await (form.dataset.passkey === "create" ? create(options) : get(options));
        form.elements.namedItem("credential").value = JSON.stringify(answer);
        form.submit();
      } catch {
        problem.hidden = false;
      }
    });
  }
})();
