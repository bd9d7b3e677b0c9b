// Where the focus is: {at: number of the stop or -1, name, seen: whether one can see it, parts: inner stops, scrolls}.
() => {
  const { stops, called, look, before } = window.lumbungStops;
  const el = document.activeElement;
  if (!el || el === document.body || el === document.documentElement) return null;
  const at = stops.indexOf(el);
  const { overflowX, overflowY } = getComputedStyle(el);
  return {
    at,
    name: called(el),
    seen: at < 0 || look(el) !== before[at],
    parts: /^(date|time|month|week|datetime-local)$/.test(el.type || ""),
    scrolls: /auto|scroll/.test(overflowX + overflowY),
  };
}
