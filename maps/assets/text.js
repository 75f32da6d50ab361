// Text from outside, put on the page as text: nothing here, or anywhere else in our scripts, parses it as HTML.

/** An element with attributes and children; strings among the children become text nodes. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
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
 * Text with marks, as nodes. Marks are {start, end, name, title?}, in UTF-16 units, and may overlap: a stretch under
 * several marks carries the names of all as classes.
 */
function marked(text, marks) {
  const edges = new Set([0, text.length]);
  const real = marks.filter((mark) => mark.start < mark.end);
  for (const mark of real) edges.add(mark.start).add(mark.end);
  const cuts = [...edges].sort((a, b) => a - b);
  const nodes = [];
  for (let i = 0; i + 1 < cuts.length; i++) {
    const [start, end] = [cuts[i], cuts[i + 1]];
    const over = real.filter((mark) => mark.start <= start && mark.end >= end);
    const piece = text.slice(start, end);
    if (!over.length) nodes.push(document.createTextNode(piece));
    else nodes.push(make("mark", { class: over.map((m) => m.name).join(" "), title: over.find((m) => m.title)?.title }, piece));
  }
  return nodes;
}

/** A link to a web page, named by its host, or the address as plain text if it is anything but http or https. */
function sourceLink(address) {
  let url = null;
  try {
    url = /^https?:\/\//i.test(address) ? new URL(address) : null;
  } catch {
    // Not an address: shown as the text it is.
  }
  if (!url || !/^https?:$/.test(url.protocol)) return quote(address, "span", "address");
  return make("a", { href: url.href, rel: "noopener noreferrer", target: "_blank" }, `Open the source at ${url.host}`);
}
