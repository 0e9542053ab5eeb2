/* Passkeys as a second factor. Without this script a code works on the same form. A form with
   data-passkey="get" or "create" puts the browser's answer into its hidden field and sends it. */
"use strict";
(() => {
  const form = document.querySelector("form[data-passkey]");
  if (!form || !window.PublicKeyCredential) return;
  const ask = form.querySelector("[data-ask]");
  const wrong = form.querySelector("[data-say]");
  const shared = form.elements.namedItem("shared");

  const toBytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((each) => ({ ...each, id: toBytes(each.id) }));

  const options = async () => {
    if (form.dataset.options) return JSON.parse(form.dataset.options);
    const answer = await fetch(form.dataset.challenge, { cache: "no-store" });
    if (!answer.ok) throw new Error("no challenge");
    return answer.json();
  };

  const create = async () => {
    const asked = await options();
    const made = await navigator.credentials.create({
      publicKey: {
        ...asked,
        challenge: toBytes(asked.challenge),
        user: { ...asked.user, id: toBytes(asked.user.id) },
        excludeCredentials: named(asked.excludeCredentials),
      },
    });
    return { of: made, response: { attestationObject: toText(made.response.attestationObject) } };
  };

  const get = async () => {
    const asked = await options();
    const found = await navigator.credentials.get({
      publicKey: {
        ...asked,
        challenge: toBytes(asked.challenge),
        allowCredentials: named(asked.allowCredentials),
      },
    });
    const { authenticatorData, signature, userHandle } = found.response;
    return {
      of: found,
      response: {
        authenticatorData: toText(authenticatorData),
        signature: toText(signature),
        userHandle: userHandle ? toText(userHandle) : null,
      },
    };
  };

  const told = ({ of, response }) => JSON.stringify({
    id: of.id,
    rawId: toText(of.rawId),
    type: of.type,
    response: { ...response, clientDataJSON: toText(of.response.clientDataJSON) },
    clientExtensionResults: of.getClientExtensionResults(),
  });

  const filled = () => [...form.elements].every((each) => each.name === "code" || each.reportValidity());

  const offer = () => { ask.hidden = Boolean(shared && shared.checked); };

  ask.addEventListener("click", async () => {
    if (!filled()) return;
    wrong.hidden = true;
    ask.disabled = true;
    try {
      form.elements.namedItem("passkey").value = told(await (form.dataset.passkey === "get" ? get() : create()));
      form.requestSubmit();
    } catch {
      wrong.hidden = false;
      ask.disabled = false;
    }
  });
  if (shared) shared.addEventListener("change", offer);
  for (const words of form.querySelectorAll("[data-unable]")) words.hidden = true;
  offer();
})();
