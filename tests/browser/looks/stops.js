// Remembers where Tab should stop, in the order of the page, and how it all looks unfocused: sentences of what stands
// out of order already, and how many stops there are. `focused.js` then tells where it did stop.
() => {
  const can = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable=true]";
  const groups = new Set();
  const stops = [...document.body.querySelectorAll(can)].filter((el) => {
    if (el.disabled || el.tabIndex < 0 || el.closest("[inert]")) return false;
    if (!el.checkVisibility({ visibilityProperty: true })) return false;
    if (el.type !== "radio") return true;
    const group = [...document.querySelectorAll(`input[type=radio][name="${CSS.escape(el.name)}"]`)];
    const stop = group.find((one) => one.checked) || group[0];
    return stop === el && !groups.has(el.name) && groups.add(el.name);
  });
  const called = (el) => {
    const words = el.innerText || (el.labels && el.labels[0] && el.labels[0].innerText) || el.getAttribute("aria-label");
    return `<${el.tagName.toLowerCase()}> "${(words || el.name || "").trim().replace(/\s+/g, " ").slice(0, 40)}"`;
  };
  const around = (el) => [el, el.parentElement, ...(el.labels || [])];
  const look = (el) => around(el).map((one) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(one);
    return [outlineStyle === "none" ? "" : outlineStyle + outlineWidth + outlineColor, boxShadow].join("|");
  }).join("\n");
  if (document.activeElement) document.activeElement.blur();
  window.lumbungStops = { stops, called, look, before: stops.map(look) };
  getSelection().removeAllRanges();
  const early = stops.filter((el) => el.tabIndex > 0).map((el) => `${called(el)} jumps the queue with tabindex ${el.tabIndex}`);
  return { count: stops.length, early };
}
