// What a person reads or hears on the page: [{text, where, rupiah, short}], a block of text each.
// `rupiah`: a cell whose column, table or caption is headed (Rp) or Rp. `short`: where thousands may be abbreviated.
() => {
  const shown = (el) => el.checkVisibility({ visibilityProperty: true });
  const apart = "code, kbd, pre, script, style, noscript, [translate=no], [lang]:not([lang|=id])";
  const untold = (el) => el.closest(apart) !== null;
  const inRupiah = (el) => {
    const cell = el.closest("td, th");
    const table = cell && cell.closest("table");
    if (!table) return false;
    const heads = [...table.querySelectorAll("thead tr")].map((row) => row.cells[cell.cellIndex]);
    return [table.caption, ...heads].some((one) => one && /\(Rp\)|^Rp$/.test(one.innerText.trim()));
  };
  const read = (text, where, el) => ({
    text, where, rupiah: inRupiah(el), short: el.closest(".chip, .chips, .quick, .dues") !== null,
  });

  const blocks = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    if (untold(node.parentElement) || !shown(node.parentElement)) continue;
    let block = node.parentElement;
    while (block !== document.body && getComputedStyle(block).display === "inline") block = block.parentElement;
    blocks.set(block, (blocks.get(block) || "") + node.data);  // with the blanks between words
  }
  const found = [{ text: document.title, where: "title", rupiah: false, short: false }];
  for (const [block, text] of blocks) found.push(read(text, block.tagName.toLowerCase(), block));
  for (const el of document.body.querySelectorAll("*")) {
    if (untold(el) || !shown(el)) continue;
    for (const name of ["title", "alt", "placeholder", "aria-label", "aria-description", "aria-roledescription"]) {
      if (el.getAttribute(name)) found.push(read(el.getAttribute(name), name, el));
    }
    if (el.matches("input[type=submit], input[type=button], input[type=reset]")) found.push(read(el.value, "value", el));
    if (el.matches("select")) for (const one of el.options) found.push(read(one.text, "option", el));
  }
  return found;
}
