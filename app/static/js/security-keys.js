"use strict";

// Lets a security key or passkey fill in the forms marked with data-key: "create" adds one, "get" asks for one.
// What it says to the person stands in the attributes of the form, in their language.
(() => {
  const toBytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  class Refusal extends Error {}

  async function askService(form) {
    const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refusal(told.error || form.dataset.failed);
    return told;
  }

  function readable(options) {
    const withBytes = (key) => ({ ...key, id: toBytes(key.id) });
    const read = { ...options, challenge: toBytes(options.challenge) };
    if (options.user) read.user = withBytes(options.user);
    if (options.excludeCredentials) read.excludeCredentials = options.excludeCredentials.map(withBytes);
    if (options.allowCredentials) read.allowCredentials = options.allowCredentials.map(withBytes);
    return read;
  }

  function written(credential) {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = toText(credential.response[name]);
    }
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return JSON.stringify({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, response });
  }

  function sentenceOf(error, form) {
    if (error instanceof Refusal) return error.message;
    if (error.name === "NotAllowedError" || error.name === "AbortError") return form.dataset.cancelled;
    if (error.name === "InvalidStateError") return form.dataset.known;
    return form.dataset.failed;
  }

  async function fillIn(form) {
    const button = form.querySelector("button");
    const status = form.querySelector("[role=status]");
    button.disabled = true;
    try {
      const publicKey = readable(await askService(form));
      status.textContent = form.dataset.waiting;
      form.elements.credential.value = written(await navigator.credentials[form.dataset.key]({ publicKey }));
      form.submit();
    } catch (error) {
      status.textContent = sentenceOf(error, form);
      button.disabled = false;
    }
  }

  const isAble = Boolean(window.isSecureContext && window.PublicKeyCredential);
  for (const sentence of document.querySelectorAll("[data-without-script]")) sentence.hidden = true;
  for (const form of document.querySelectorAll("form[data-key]")) {
    form.hidden = !isAble && "quiet" in form.dataset;
    form.querySelector("button").disabled = !isAble;
    if (!isAble) form.querySelector("[role=status]").textContent = form.dataset.unsupported;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      fillIn(form);
    });
  }
})();
