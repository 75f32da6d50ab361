// Text from outside, put on the page as text: nothing here, or anywhere else in our scripts, parses it as HTML.

function byId(id) {
  return document.getElementById(id);
}

function on(target, kind, action) {
  target.addEventListener(kind, action);
}

/** An element with attributes and children; strings among the children become text nodes. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) on(element, name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Outside text on a line of ours: kept apart, so that its direction and its control characters end with it. */
function quote(text, tag = "bdi", name = null) {
  return make(tag, { dir: "auto", class: name }, String(text));
}

/** Pieces with `between` in between, such as names with commas. */
function join(pieces, between) {
  return pieces.flatMap((piece, index) => (index ? [between, piece] : [piece]));
}

/** At most `length` UTF-16 units of a text, never half a character, with an ellipsis where it was cut. */
function shorten(text, length) {
  if (text.length <= length) return text;
  const end = /[\ud800-\udbff]/.test(text[length - 1]) ? length - 1 : length;
  return text.slice(0, end).trimEnd() + "…";
}

/** A text on one line of a canvas, where a control character would show or break it. */
function oneLine(text, length) {
  return shorten(text.slice(0, 400).replace(/[\p{C}\s]+/gu, " "), length);
}

/** A button; one that shows a sign, not words, is given the words as its label. */
function button(text, action, label = null, attributes = {}) {
  return make("button", { type: "button", "aria-label": label, title: label, onclick: action, ...attributes }, text);
}

/** Letters for comparing: no case, no diacritics. */
function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/**
 * A function from Python's offsets, which count code points, to JavaScript's, which count UTF-16 units.
 * Offsets beyond the text become its end.
 */
function offsets(text) {
  if (!/[\ud800-\udfff]/.test(text)) return (offset) => Math.min(offset, text.length);
  const units = [];
  for (let unit = 0; unit < text.length; unit += text.codePointAt(unit) > 0xffff ? 2 : 1) units.push(unit);
  units.push(text.length);
  return (offset) => units[Math.min(offset, units.length - 1)];
}

/**
 * Text with marks, as nodes. Marks are {start, end, name, title?, spot?}, in UTF-16 units, and may overlap: a stretch under
 * several marks carries the names of all as classes. One with a spot shows it on the map through `point`.
 */
function marked(text, marks, point) {
  const waiting = marks.filter((mark) => mark.start < mark.end).sort((a, b) => b.start - a.start);
  const cuts = [...new Set([0, text.length, ...waiting.flatMap((mark) => [mark.start, mark.end])])].sort(
    (a, b) => a - b,
  );
  let open = [];
  return cuts.slice(0, -1).map((start, index) => {
    open = open.filter((mark) => mark.end > start);
    while (waiting.length && waiting.at(-1).start <= start) open.push(waiting.pop());
    const piece = text.slice(start, cuts[index + 1]);
    if (!open.length) return document.createTextNode(piece);
    const classes = open.map((mark) => mark.name).join(" ");
    const mark = make("mark", { class: classes, title: open.find((mark) => mark.title)?.title }, piece);
    const spot = open.find((mark) => mark.spot)?.spot;
    return spot ? pointing(mark, spot, point) : mark;
  });
}

function isPoint({ lon, lat }) {
  return typeof lon === "number" && typeof lat === "number";
}

/** An element that shows a spot on the map while it is under the pointer or has the focus, and moves there on a click. */
function pointing(element, spot, point) {
  if (!isPoint(spot)) return element;
  element.tabIndex = 0;
  element.classList.add("spot");
  for (const kind of ["mouseenter", "focus"]) on(element, kind, () => point(spot));
  for (const kind of ["mouseleave", "blur"]) on(element, kind, () => point(null));
  on(element, "click", () => point(spot, true));
  return element;
}

/** Hands the reader a file. */
function handOver(name, type, content) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function webLink(address, words) {
  return make("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, words);
}

/** A link to a web page, named by its host, or the address as plain text if it is anything but http or https. */
function sourceLink(address) {
  const url = /^https?:\/\//i.test(address) && URL.canParse(address) ? new URL(address) : null;
  if (!url) return quote(address, "span", "address");
  return webLink(url.href, say("open_source", url.host));
}
