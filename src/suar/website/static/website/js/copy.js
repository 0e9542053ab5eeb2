/* Selects all of a text that is to be passed on, and copies it with a button. `execCommand` needs no permission: no page
   of ours may write to the clipboard by itself. */
"use strict";
for (const text of document.querySelectorAll("[data-handed-on]")) {
  text.addEventListener("focus", () => text.select());
}
for (const button of document.querySelectorAll("[data-copies]")) {
  const text = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", () => {
    text.focus();
    text.select();
    if (document.execCommand("copy")) {
      button.nextElementSibling.textContent = button.dataset.done;
    }
  });
}
