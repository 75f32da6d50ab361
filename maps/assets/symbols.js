// The symbols of events. Colour, shape and outline each tell the groups apart on their own.

/** Traces the outline of a group's symbol; a circle has no corners. */
function traceShape(context, { corners }, x, y, radius) {
  context.beginPath();
  if (!corners.length) context.arc(x, y, radius, 0, 2 * Math.PI);
  for (const [dx, dy] of corners) context.lineTo(x + dx * radius, y + dy * radius);
  context.closePath();
}

/** One event's symbol. A hollow one has a window in the colour of paper. */
function drawSymbol(context, group, x, y, radius, hollow, ink, paper) {
  context.lineJoin = "round";
  traceShape(context, group, x, y, radius);
  context.fillStyle = group.colour;
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = ink;
  context.stroke();
  if (!hollow) return;
  traceShape(context, group, x, y + group.window * radius, radius * 0.5);
  context.fillStyle = paper;
  context.fill();
  context.stroke();
}

/** Several events at one place: a ring whose parts show how many are of which group, around their number. */
function drawDonut(context, groups, counts, x, y, radius, ink, paper) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let angle = -Math.PI / 2;
  counts.forEach((count, index) => {
    if (!count) return;
    const next = angle + (2 * Math.PI * count) / total;
    context.beginPath();
    context.moveTo(x, y);
    context.arc(x, y, radius, angle, next);
    context.closePath();
    context.fillStyle = groups[index].colour;
    context.fill();
    angle = next;
  });
  context.lineWidth = 1;
  context.strokeStyle = ink;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
  context.beginPath();
  context.arc(x, y, radius * 0.6, 0, 2 * Math.PI);
  context.fillStyle = paper;
  context.fill();
  context.stroke();
  context.fillStyle = ink;
  context.font = `600 ${total > 99 ? 10 : 11}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(shortCount(total), x, y + 0.5);
}

function shortCount(count) {
  if (count < 1000) return String(count);
  return count < 10000 ? `${Math.floor(count / 100) / 10}k` : `${Math.floor(count / 1000)}k`;
}

function donutRadius(count) {
  return Math.min(24, 10 + 3 * Math.log2(count));
}

/** A symbol as an element of the page, for the list and the legend. */
function symbolElement(group, { hollow = false, size = 18 } = {}) {
  const canvas = make("canvas", { class: "symbol", "aria-hidden": "true" });
  const ratio = Math.max(2, window.devicePixelRatio || 1);
  canvas.width = canvas.height = size * ratio;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const { ink, paper } = themeColours();
  drawSymbol(context, group, size / 2, size / 2, size * 0.36, hollow, ink, paper);
  return canvas;
}

let theme = null;

/** The colours of the page's light or dark theme, as page.css has them; asked once, for asking makes the browser lay out. */
function themeColours() {
  if (theme) return theme;
  const css = getComputedStyle(document.documentElement);
  const names = [
    "symbol-ink",
    "symbol-paper",
    "land",
    "water",
    "coast",
    "border",
    "map-label",
    "map-halo",
    "place-label",
    "accent",
  ];
  const colours = names.map((name) => css.getPropertyValue(`--${name}`).trim());
  const [ink, paper, land, water, coast, border, label, halo, placeLabel, accent] = colours;
  theme = { ink, paper, land, water, coast, border, label, halo, place: placeLabel, accent };
  return theme;
}

/** Forgets the colours and calls back when the reader's system turns light or dark. */
function onThemeChange(callback) {
  on(window.matchMedia("(prefers-color-scheme: dark)"), "change", () => {
    theme = null;
    callback();
  });
}
