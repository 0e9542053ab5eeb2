/* Sends what is typed into a form of a person to the server after a pause and when the page is left; the server seals it
   as a draft. Restores the draft when its author opens the form again. The browser stores nothing. Text in any other
   form is in no draft: the browser asks before the page is left with it, but never somebody who leaves at once. */
"use strict";
(() => {
  const PAUSE_MS = 5000;
  const RETRY_MS = 15000;
  const NOT_TYPED = new Set(["csrfmiddlewaretoken", "form_id", "draft"]);
  const unsaved = new Map();
  const inNoDraft = new Set();
  const draftField = (form) => form?.querySelector?.("input[name=draft]");

  const formDataOf = (form, more = {}) => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    for (const field of form.elements) if (field.type === "password") data.delete(field.name);
    for (const box of form.querySelectorAll("[type=checkbox][name]")) data.append("boxes", box.name);
    for (const [name, value] of Object.entries(more)) data.append(name, value);
    return data;
  };
  const send = async (form, more) => {
    const body = formDataOf(form, more);
    const response = await fetch(draftField(form).dataset.at, { method: "POST", body, redirect: "manual", cache: "no-store" });
    if (response.status >= 500 || response.status === 401) throw new Error("not stored");
  };
  const schedule = (form, ms) => {
    clearTimeout(unsaved.get(form));
    unsaved.set(form, setTimeout(async () => {
      const timer = unsaved.get(form);
      try {
        await send(form);
        // What was typed meanwhile has a timer of its own.
        if (unsaved.get(form) === timer) unsaved.delete(form);
      } catch {
        if (unsaved.get(form) === timer) schedule(form, RETRY_MS);
      }
    }, ms));
  };

  const fill = (field, values, boxes) => {
    if (["checkbox", "radio"].includes(field.type)) {
      if (values || boxes.has(field.name)) field.checked = (values ?? []).includes(field.value);
    } else if (field.multiple && values) {
      for (const option of field.options) option.selected = values.includes(option.value);
    } else if (values && !["submit", "button", "file", "password"].includes(field.type)) {
      field.value = values[0];
    }
  };
  const restore = (form, stored) => {
    const boxes = new Set(stored.boxes ?? []);
    for (const field of form.elements) if (!NOT_TYPED.has(field.name) && !("notTyped" in field.dataset)) fill(field, stored[field.name], boxes);
    for (const details of form.querySelectorAll("details")) details.open = true;
    for (let outer = form.closest("details"); outer; outer = outer.parentElement.closest("details")) outer.open = true;
    const note = form.querySelector("[data-draft-note]");
    note.hidden = false;
    note.querySelector("button").addEventListener("click", async () => {
      await send(form, { discard: "yes" });
      location.reload();
    });
  };

  const onChange = ({ target }) => {
    if (draftField(target.form)) schedule(target.form, PAUSE_MS);
    else if (target.matches?.("form[method=post]:not([data-save-on-leave]) textarea")) {
      target.value.trim() ? inNoDraft.add(target.form) : inNoDraft.delete(target.form);
    }
  };
  addEventListener("input", onChange);
  addEventListener("change", onChange);
  addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(unsaved.get(event.target));
    unsaved.delete(event.target);
    inNoDraft.delete(event.target);
  });
  addEventListener("beforeunload", (event) => {
    if (inNoDraft.size && !("gone" in document.documentElement.dataset)) event.preventDefault();
  });
  addEventListener("online", () => { for (const form of unsaved.keys()) schedule(form, 0); });
  addEventListener("pagehide", () => {
    if ("gone" in document.documentElement.dataset) return;
    for (const form of unsaved.keys()) navigator.sendBeacon(draftField(form).dataset.at, formDataOf(form));
  });
  for (const input of document.querySelectorAll("input[name=draft][data-refused]")) schedule(input.form, PAUSE_MS);
  for (const input of document.querySelectorAll("input[name=draft][data-fields]")) {
    restore(input.form, JSON.parse(input.dataset.fields));
  }
})();
