"use strict";

// Saves a form marked with data-autosave item by item, a few seconds after typing stops. What the service did not accept yet is
// kept in the storage of this tab alone, and comes back when the page is opened again. The words stand in the form's attributes.
(() => {
  const PAUSE_MS = 2500;
  const RETRY_MS = 10000;
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const status = form.querySelector("[data-status]");
  const timers = new Map();

  const keyOf = (item) => `${form.dataset.autosave}#${item.dataset.item}`;
  const tell = (text) => { status.textContent = text; };
  const baseOf = (item) => item.querySelector("input[type=hidden]");
  const fieldsOf = (item) => [...item.querySelectorAll("[name]")];

  function valuesOf(item) {
    const chosen = fieldsOf(item).filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked);
    return chosen.map((field) => [field.name, field.value]);
  }

  function keep(item) {
    try { sessionStorage.setItem(keyOf(item), JSON.stringify(valuesOf(item))); } catch { /* a full or closed storage */ }
  }

  function restore(item) {
    const kept = sessionStorage.getItem(keyOf(item));
    if (!kept) return false;
    const values = JSON.parse(kept);
    for (const field of fieldsOf(item)) {
      const own = values.filter(([name]) => name === field.name).map(([, value]) => value);
      if (["radio", "checkbox"].includes(field.type)) field.checked = own.includes(field.value);
      else if (own.length) field.value = own[0];
    }
    const details = item.querySelector("details");
    if (details) details.open = true;
    return true;
  }

  function later(item, pause = PAUSE_MS) {
    clearTimeout(timers.get(item));
    timers.set(item, setTimeout(() => save(item), pause));
  }

  async function save(item) {
    const sent = JSON.stringify(valuesOf(item));
    const body = new FormData();
    body.append("csrf_token", form.elements.csrf_token.value);
    for (const [name, value] of JSON.parse(sent)) body.append(name, value);
    tell(form.dataset.saving);
    let answer;
    try {
      answer = await fetch(form.dataset.autosave.replace("ITEM", item.dataset.item), { method: "POST", body });
    } catch {
      tell(form.dataset.offline);
      later(item, RETRY_MS);
      return;
    }
    if (answer.status === 401) {
      tell(form.dataset.expired);
      later(item, RETRY_MS);
      return;
    }
    const told = await answer.json().catch(() => null);
    if (!told) {
      tell(form.dataset.wrong);
      return;
    }
    mark(item, told.faults);
    if (answer.ok) {
      baseOf(item).value = told.base;
      // Somebody may have typed on while it was sent.
      const now = valuesOf(item).filter(([name]) => !name.endsWith(".base"));
      const then = JSON.parse(sent).filter(([name]) => !name.endsWith(".base"));
      if (JSON.stringify(now) === JSON.stringify(then)) sessionStorage.removeItem(keyOf(item));
      else later(item);
      tell(`${form.dataset.saved} ${told.at}`);
      return;
    }
    tell(form.dataset.wrong);
    item.querySelector("[data-disputes]").replaceChildren();
    for (const [name, theirs] of Object.entries(told.theirs)) dispute(item, name, theirs, told.base);
  }

  function mark(item, faults) {
    item.querySelectorAll("[data-fault]").forEach((one) => one.remove());
    for (const field of fieldsOf(item)) field.removeAttribute("aria-invalid");
    for (const [name, sentence] of Object.entries(faults)) {
      const field = document.getElementById(`${item.dataset.item}.${name}`);
      const told = document.createElement("p");
      told.className = "wrong";
      told.dataset.fault = name;
      told.textContent = sentence;
      if (field) {
        field.setAttribute("aria-invalid", "true");
        field.after(told);
      }
    }
  }

  function dispute(item, name, theirs, base) {
    const box = document.createElement("div");
    box.className = "verdict verdict-unmet";
    const line = document.createElement("p");
    line.textContent = form.dataset.theirs;
    const text = document.createElement("p");
    text.className = "prose";
    text.dir = "auto";
    text.textContent = Array.isArray(theirs) ? theirs.join("\n") : String(theirs ?? "–");
    box.append(line, text, button(form.dataset.keep, () => {}), button(form.dataset.take, () => take(item, name, theirs)));
    item.querySelector("[data-disputes]").append(box);

    function button(label, act) {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "btn btn-outline-secondary btn-sm";
      made.textContent = label;
      made.addEventListener("click", () => {
        act();
        box.remove();
        keep(item);
        if (item.querySelector("[data-disputes] button")) return;
        // All is settled: the next save counts from what they wrote.
        baseOf(item).value = base;
        keep(item);
        save(item);
      });
      return made;
    }
  }

  function take(item, name, theirs) {
    const wanted = Array.isArray(theirs) ? theirs : [theirs ?? ""];
    for (const field of fieldsOf(item).filter((one) => one.name === `${item.dataset.item}.${name}`)) {
      if (["radio", "checkbox"].includes(field.type)) field.checked = wanted.map(String).includes(field.value);
      else field.value = wanted.join("\n");
    }
  }

  for (const item of form.querySelectorAll("[data-item]")) {
    if ("fresh" in form.dataset) sessionStorage.removeItem(keyOf(item));
    else if (restore(item)) {
      tell(form.dataset.restored);
      later(item, 0);
    }
    item.addEventListener("input", () => {
      keep(item);
      if (!item.querySelector("[data-disputes] button")) later(item);
    });
  }
  addEventListener("online", () => form.querySelectorAll("[data-item]").forEach((item) => {
    if (sessionStorage.getItem(keyOf(item))) save(item);
  }));
})();
