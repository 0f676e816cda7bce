// Looks again for the answer to a pressed button, until the page is no longer marked as pending.
"use strict";
(() => {
  const main = document.getElementById("main");
  const said = document.getElementById("said");
  let wait = 1000;

  function take(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("main");
    if (!fresh) return;
    main.toggleAttribute("data-pending", fresh.hasAttribute("data-pending"));
    if (fresh.innerHTML === main.innerHTML) return;
    main.replaceChildren(...fresh.childNodes);
    const answer = document.getElementById("answer");
    if (answer) said.textContent = answer.textContent.trim();
  }

  async function look() {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (answer.redirected) location.reload();
      if (answer.ok) take(await answer.text());
    } catch {
      // The org is away for the moment.
    }
    wait = Math.min(wait * 1.2, 10000);
    plan();
  }

  function plan() {
    if (main.hasAttribute("data-pending")) setTimeout(look, wait);
  }

  plan();
})();
