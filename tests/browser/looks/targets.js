// What is too small to be hit, as sentences: below `least` px, or for class "primary" below `primary`.
// A link inside a sentence may be as high as its line (WCAG 2.5.8 excepts it).
({ least, primary }) => {
  const found = [];
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=link]";
  const inSentence = (el) => {
    if (getComputedStyle(el).display !== "inline") return false;
    return [...el.parentElement.childNodes].some((one) => one.nodeType === Node.TEXT_NODE && /\w/.test(one.data));
  };
  for (const el of document.body.querySelectorAll(controls)) {
    if (!el.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const boxes = [el, ...(el.labels || [])].filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect());
    const hidden = (box) => box.right <= 0 || box.bottom + scrollY <= 0 || (box.width <= 1 && box.height <= 1);
    if (boxes.every(hidden)) continue;
    const width = Math.round(Math.max(...boxes.map((box) => box.width)));
    const height = Math.round(Math.max(...boxes.map((box) => box.height)));
    const needed = el.classList.contains("primary") ? primary : least;
    if (needed === least && inSentence(el)) continue;
    if (width >= needed && height >= needed) continue;
    const words = (el.innerText || el.value || el.getAttribute("aria-label") || el.name || "").trim().slice(0, 40);
    found.push(`<${el.tagName.toLowerCase()}> "${words}" is ${width} × ${height} px, less than ${needed}`);
  }
  return found;
}
