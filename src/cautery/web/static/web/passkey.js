// Passkeys: the server asks, the authenticator answers, the form carries the answer.
"use strict";

const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
const textOf = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytesOf(one.id) }));

function question(asked) {
  const made = { ...asked, challenge: bytesOf(asked.challenge) };
  if (asked.user) made.user = { ...asked.user, id: bytesOf(asked.user.id) };
  if (asked.excludeCredentials) made.excludeCredentials = known(asked.excludeCredentials);
  if (asked.allowCredentials) made.allowCredentials = known(asked.allowCredentials);
  return made;
}

function answer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = textOf(credential.response[name]);
  }
  return { id: credential.id, rawId: textOf(credential.rawId), type: credential.type, response, clientExtensionResults: {} };
}

async function ask(button) {
  const form = button.form;
  const said = form.querySelector("[role=status]");
  said.textContent = form.dataset.waits;
  const got = await fetch(button.dataset.ask, { method: "POST", headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value } });
  if (got.redirected && button.dataset.confirm) { window.location.assign(button.dataset.confirm); return; }
  if (!got.ok) throw new Error(String(got.status));
  const publicKey = question((await got.json()).publicKey);
  const credential = await navigator.credentials[button.dataset.passkey]({ publicKey });
  form.elements.answer.value = JSON.stringify(answer(credential));
  form.submit();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-passkey]");
  if (!button) return;
  button.disabled = true;
  ask(button).catch(() => {
    button.form.querySelector("[role=status]").textContent = button.form.dataset.failed;
    button.disabled = false;
  });
});

document.addEventListener("DOMContentLoaded", () => {
  if (window.PublicKeyCredential) for (const form of document.querySelectorAll("form.passkey")) form.hidden = false;
});
