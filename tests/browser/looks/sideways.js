// What does not fit into `width` CSS pixels, or is cut off, as sentences. Boxes that scroll by themselves may be wider.
(width) => {
  const found = new Set();
  const root = document.documentElement;
  const wide = Math.max(root.scrollWidth, document.body.scrollWidth);
  if (wide > width) found.add(`the page is ${wide} px wide where ${width} px are`);

  const shown = (el) => el.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const forEars = (el) => {
    for (let up = el; up && up !== document.body; up = up.parentElement) {
      const box = up.getBoundingClientRect();
      const style = getComputedStyle(up);
      if (box.right <= 0 || box.bottom + scrollY <= 0) return true;
      if (style.overflow !== "visible" && box.width <= 1 && box.height <= 1) return true;
      if (style.position === "absolute" && /rect\(|inset\(50%/.test(style.clip + style.clipPath)) return true;
    }
    return false;
  };
  const called = (el) => {
    const words = (el.innerText || el.value || el.alt || el.getAttribute("aria-label") || "").trim();
    return `<${el.tagName.toLowerCase()}> "${words.replace(/\s+/g, " ").slice(0, 40)}"`;
  };
  const look = (el, box) => {
    if (box.width === 0 || box.height === 0) return;
    let scrolls = false;
    for (let up = el; up && up !== root && up !== document.body; up = up.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(up);
      const frame = up.getBoundingClientRect();
      if (/auto|scroll/.test(overflowX + overflowY)) scrolls = true;
      if (scrolls) break;
      const cuts = /hidden|clip/;
      const beyond = (cuts.test(overflowX) && (box.right > frame.right + 1 || box.left < frame.left - 1))
        || (cuts.test(overflowY) && (box.bottom > frame.bottom + 1 || box.top < frame.top - 1));
      if (beyond) found.add(`${called(el)} is cut off by its <${up.tagName.toLowerCase()}>`);
    }
    if (!scrolls && (box.right > width + 1 || box.left < -1)) {
      found.add(`${called(el)} reaches from ${Math.round(box.left)} to ${Math.round(box.right)} of ${width} px`);
    }
  };

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const el = node.parentElement;
    if (!node.data.trim() || el.closest("script, style, option") || !shown(el) || forEars(el)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) look(el, box);
  }
  for (const el of document.body.querySelectorAll("a, button, input, select, textarea, img, svg, table, canvas")) {
    if (shown(el) && !forEars(el)) look(el, el.getBoundingClientRect());
  }
  return [...found];
}
