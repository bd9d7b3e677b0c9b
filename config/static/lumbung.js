// What helps where scripts run. Every page works without it.
"use strict";
(() => {
  const ONES = ["", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"];
  const SCALES = [[1e12, "triliun"], [1e9, "miliar"], [1e6, "juta"], [1e3, "ribu"]];
  const words = (n) => {
    if (n < 12) return ONES[n];
    if (n < 20) return ONES[n - 10] + " belas";
    if (n < 100) return [ONES[Math.floor(n / 10)], "puluh", words(n % 10)].join(" ").trim();
    if (n < 200) return ["seratus", words(n - 100)].join(" ").trim();
    if (n < 1000) return [ONES[Math.floor(n / 100)], "ratus", words(n % 100)].join(" ").trim();
    if (n < 2000) return ["seribu", words(n - 1000)].join(" ").trim();
    for (const [size, name] of SCALES)
      if (n >= size) return [words(Math.floor(n / size)), name, words(n % size)].join(" ").trim();
  };
  const read = (text) => {
    const bare = text.trim().replace(/^rp\.?\s*/i, "").replace(/,(-|00)$/, "");
    return /^(\d{1,15}|\d{1,3}(\.\d{3}){1,4})$/.test(bare) ? Number(bare.replaceAll(".", "")) : null;
  };
  const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ".");

  // An amount box: dots as she types, its words below from Rp100.000 on, chips that add up.
  const amountBox = (input) => {
    const field = input.closest(".field") || input.parentElement.parentElement;
    const said = field.querySelector("output.words"), quick = field.querySelector(".quick");
    const echo = () => {
      const amount = read(input.value);
      if (said && document.documentElement.lang === "id")
        said.textContent = amount >= 100000 && amount < 1e15 ? words(amount) + " rupiah" : "";
    };
    // Dots move on as digits are typed or taken away at the end; whatever else she writes stays as she wrote it.
    let ours = "";
    input.addEventListener("input", () => {
      const typed = input.value, end = input.selectionStart === typed.length;
      const more = typed.startsWith(ours) && /^\d+$/.test(typed.slice(ours.length));
      const digits = end && typed && (more || ours.startsWith(typed)) ? typed.replaceAll(".", "") : "";
      ours = digits && digits.length < 16 ? grouped(Number(digits)) : "";
      if (ours) input.value = ours;
      echo();
    });
    if (quick) {
      quick.hidden = false;
      for (const chip of quick.querySelectorAll("button")) {
        const add = Number(chip.dataset.add);
        if (add) chip.textContent = "+" + (add >= 1e6 ? add / 1e6 + "jt" : add / 1000 + "rb");
        chip.addEventListener("click", () => {
          input.value = add ? grouped((read(input.value) || 0) + add) : "";
          input.dispatchEvent(new Event("input", { bubbles: true }));
        });
      }
    }
    echo();
  };

  // What several boxes come to, in figures and words; and one tap that fills in all that is due.
  const totalOf = (form) => {
    const shown = form.querySelector("[data-total]");
    if (!shown || !shown.dataset.total) return;
    const said = shown.parentElement.querySelector(".words");
    const add = () => {
      let sum = 0;
      for (const box of form.querySelectorAll("input.amount")) sum += read(box.value || "0") || 0;
      shown.parentElement.hidden = !sum;
      shown.textContent = shown.dataset.total + grouped(sum);
      if (said) said.textContent = document.documentElement.lang === "id" && sum < 1e15 && sum ? words(sum) + " rupiah" : "";
    };
    form.addEventListener("input", add);
    add();
  };
  const fills = (link) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      for (const box of document.querySelectorAll("input.amount[data-due]")) {
        box.value = grouped(Number(box.dataset.due));
        box.dispatchEvent(new Event("input", { bubbles: true }));
      }
      document.querySelector("form.sheet .primary").focus();
    });
  };

  // A second tap on what was sent already sends nothing. Coming back by the back button frees it again.
  const once = (form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = "yes";
      const pressed = event.submitter;
      if (pressed) pressed.setAttribute("aria-busy", "true");
    });
  };
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy");
  });

  const begin = (root) => {
    for (const input of root.querySelectorAll("input.amount")) amountBox(input);
    for (const form of root.querySelectorAll("form[method=post]")) {
      once(form);
      totalOf(form);
    }
    if (document.querySelector("input[data-due]")) for (const link of root.querySelectorAll("[data-fill]")) fills(link);
    for (const button of root.querySelectorAll("[data-print]")) {
      button.hidden = false;
      button.addEventListener("click", () => print());
    }
  };
  begin(document);
  // A form that came with a key of its own: its address is the page's from here on, so that coming back finds the key.
  if (!/(^|; )scripts=/.test(document.cookie))
    document.cookie = "scripts=1; Path=/; Max-Age=31536000; SameSite=Lax" + (location.protocol === "https:" ? "; Secure" : "");
  const sheet = document.querySelector("form.sheet[action]"), hasKey = (address) => /[?&]k=/.test(address);
  if (sheet && hasKey(sheet.getAttribute("action")) && !hasKey(location.search))
    history.replaceState(history.state, "", sheet.getAttribute("action"));
  // What went wrong, or is asked, comes to where she looks.
  const first = document.querySelector(".field.wrong, .said.ask");
  if (first) first.scrollIntoView({ block: "center" });
  document.addEventListener("htmx:load", (event) => event.target !== document.body && begin(event.target));
})();
