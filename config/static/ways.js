// Passkeys, and the code that a link carries behind its #. Loaded on the pages that need them alone.
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

  // What the server asks is JSON; the browser wants bytes, and answers with them.
  const asked = (key) => {
    const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
    const read = { ...key, challenge: bytes(key.challenge) };
    if (key.user) read.user = { ...key.user, id: bytes(key.user.id) };
    if (key.excludeCredentials) read.excludeCredentials = named(key.excludeCredentials);
    if (key.allowCredentials) read.allowCredentials = named(key.allowCredentials);
    return read;
  };
  const answered = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
      if (credential.response[name]) response[name] = text(credential.response[name]);
    const id = text(credential.rawId);
    return { id, rawId: id, type: credential.type, response, clientExtensionResults: {} };
  };

  const passkey = (form) => {
    const button = form.querySelector("button"), said = form.querySelector(".said.bad");
    if (!window.PublicKeyCredential) {
      said.hidden = false;
      return;
    }
    button.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      said.hidden = true;
      try {
        const csrf = form.querySelector("[name=csrfmiddlewaretoken]").value;
        const told = await fetch(form.dataset.passkey, { method: "POST", headers: { "X-CSRFToken": csrf } });
        if (!told.ok) throw new Error("refused");
        const publicKey = asked((await told.json()).publicKey);
        const made = publicKey.user
          ? await navigator.credentials.create({ publicKey })
          : await navigator.credentials.get({ publicKey });
        form.querySelector("[name=answer]").value = JSON.stringify(answered(made));
        form.submit();
      } catch {
        said.hidden = false;
        button.disabled = false;
      }
    });
  };
  for (const form of document.querySelectorAll("form[data-passkey]")) passkey(form);

  // The code stays on this phone until she sends it; the address forgets it.
  const code = document.querySelector("input[name=code]"), given = decodeURIComponent(location.hash.slice(1));
  if (code && given) {
    code.value = given;
    history.replaceState(null, "", location.pathname + location.search);
    document.querySelector("input[name=pin]").focus();
  }
})();
