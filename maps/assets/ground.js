// The offline base map: land, waters, borders and the names of countries and towns, repeated to either side without a seam.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Uint8Array(128);
[...DIGITS].forEach((digit, value) => (VALUES[digit.charCodeAt(0)] = value));

/** The width in pixels of the world that the places of towns are written in. */
const TOWNS_WORLD = 2 ** 18;

/** Decodes a line, steps as basemap.py's encode_line writes them, into fractions of the world, with its bounds. */
function readLine(text, units) {
  const [xs, ys, seams] = [[], [], new Set()];
  const at = [0, 0];
  let [axis, step, shift, wasOnSeam] = [0, 0, 1, false];
  for (let i = 0; i < text.length; i++) {
    const digit = VALUES[text.charCodeAt(i)];
    step += (digit & 31) * shift;
    shift *= 32;
    if (digit > 31) continue;
    at[axis] += step & 1 ? -(step + 1) / 2 : step / 2;
    [step, shift, axis] = [0, 1, 1 - axis];
    if (axis) continue;
    // Where the data were cut along the antimeridian there is no coast to draw.
    const onSeam = Math.abs(at[0]) === 180 * units;
    if (onSeam && wasOnSeam) seams.add(xs.length);
    wasOnSeam = onSeam;
    xs.push(worldX(at[0] / units));
    ys.push(worldY(at[1] / units));
  }
  const line = { xs: Float64Array.from(xs), ys: Float64Array.from(ys), seams };
  [line.west, line.east] = extent(xs);
  [line.north, line.south] = extent(ys);
  return line;
}

/** The towns of a zoom, each three digits for its column, three for its row, and its name. */
function readTowns([zoom, text]) {
  const number = (digits) => [...digits].reduce((sum, digit) => sum * 64 + DIGITS.indexOf(digit), 0);
  return text.split(";").map((town) => ({
    name: town.slice(6),
    x: (number(town.slice(0, 3)) + 0.5) / TOWNS_WORLD,
    y: (number(town.slice(3, 6)) + 0.5) / TOWNS_WORLD,
    zoom: Number(zoom),
  }));
}

function extent(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Adds a line to paths, without the points that are too close to tell apart on screen. */
function traceLine(line, turn, view, fill, stroke) {
  const [width, left, top] = [view.world, view.left, view.top];
  const last = line.xs.length - 1;
  let [fromX, fromY] = [Infinity, Infinity];
  for (let i = 0; i <= last; i++) {
    const x = (line.xs[i] + turn) * width - left;
    const y = line.ys[i] * width - top;
    const seam = line.seams.has(i);
    if (i && i < last && !seam && Math.abs(x - fromX) + Math.abs(y - fromY) < 0.8) continue;
    if (i) fill?.lineTo(x, y);
    else fill?.moveTo(x, y);
    if (i && !seam) stroke.lineTo(x, y);
    else stroke.moveTo(x, y);
    [fromX, fromY] = [x, y];
  }
  fill?.closePath();
}

/** Adds a line to a path with its corners rounded, for rivers come on a coarse grid. */
function traceCurve(line, turn, view, path) {
  const at = (i) => [(line.xs[i] + turn) * view.world - view.left, line.ys[i] * view.world - view.top];
  const last = line.xs.length - 1;
  path.moveTo(...at(0));
  for (let i = 1; i < last; i++) {
    const [[x, y], [nextX, nextY]] = [at(i), at(i + 1)];
    path.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  path.lineTo(...at(last));
}

const TOWN_FONT = "400 11px system-ui, sans-serif";
const CITY_FONT = "500 12px system-ui, sans-serif";

/** The zoom up to which a town that is shown counts as a city. */
const CITY_ZOOM = 5;

/** Pixels that a river is long at least where it is drawn. */
const LEAST_RIVER = 12;

/** How far the painted sheet reaches beyond the view, in views. */
const MARGIN = 0.3;

const GroundLayer = CanvasLayer.extend({
  options: { pane: "tilePane" },

  initialize(shapes) {
    const read = (lines, units) => (lines || []).map((text) => readLine(text, units));
    this.land = read(shapes.land, shapes.units);
    this.borders = read(shapes.borders, shapes.units);
    this.lakes = read(shapes.lakes, shapes.waters_units);
    this.rivers = read(shapes.rivers, shapes.waters_units);
    this.obstacles = () => [];
    this.labels = (shapes.labels || []).map(([name, lon, lat, width]) => ({
      name,
      x: worldX(lon),
      y: worldY(lat),
      width: width / 360,
    }));
    this.towns = Object.entries(shapes.towns || {}).flatMap(readTowns);
  },

  /** Forgets what was painted: the colours have changed. */
  repaint() {
    this.painted = null;
    this.redraw();
  },

  /** Copies the view from a sheet that reaches beyond it on all sides, so that dragging the map costs next to nothing. */
  paint(context, view) {
    const sheet = this.painted;
    const x = sheet && view.left - sheet.left;
    const y = sheet && view.top - sheet.top;
    const holds =
      sheet &&
      sheet.zoom === view.zoom &&
      x >= 0 &&
      y >= 0 &&
      x + view.width <= sheet.width &&
      y + view.height <= sheet.height;
    if (!holds) {
      this.paintSheet(view);
      this.paint(context, view);
      return;
    }
    context.drawImage(this.sheet, -x, -y, sheet.width, sheet.height);
    const taken = this.obstacles(view);
    this.paintLabels(context, view, taken, themeColours());
    this.paintTowns(context, view, taken, themeColours());
  },

  paintSheet(view) {
    const [beyondX, beyondY] = [Math.round(view.width * MARGIN), Math.round(view.height * MARGIN)];
    const wide = { ...view, left: view.left - beyondX, top: view.top - beyondY };
    wide.width += 2 * beyondX;
    wide.height += 2 * beyondY;
    this.sheet ??= document.createElement("canvas");
    fitCanvas(this.sheet, wide);
    this.paintWorld(this.sheet.getContext("2d"), wide);
    this.painted = wide;
  },

  paintWorld(context, view) {
    const colours = themeColours();
    const [land, coast, borders, lakes, rivers] = Array.from({ length: 5 }, () => new Path2D());
    for (let turn = Math.floor(view.left / view.world) - 1; turn <= (view.left + view.width) / view.world; turn++) {
      for (const line of this.visible(this.land, turn, view)) traceLine(line, turn, view, land, coast);
      for (const line of this.visible(this.borders, turn, view)) traceLine(line, turn, view, null, borders);
      for (const line of this.visible(this.lakes, turn, view, 2)) traceLine(line, turn, view, lakes, lakes);
      for (const line of this.visible(this.rivers, turn, view, LEAST_RIVER)) traceCurve(line, turn, view, rivers);
    }
    context.fillStyle = colours.land;
    context.fill(land, "evenodd");
    context.lineJoin = "round";
    context.strokeStyle = colours.coast;
    context.lineWidth = Math.min(1.5, Math.max(0.5, view.zoom / 5));
    context.stroke(rivers);
    context.lineWidth = 1;
    context.fillStyle = colours.water;
    context.fill(lakes, "evenodd");
    context.stroke(lakes);
    context.stroke(coast);
    context.strokeStyle = colours.border;
    context.setLineDash([3, 2.5]);
    context.stroke(borders);
    context.setLineDash([]);
  },

  /** Lines that are in sight and longer than `least` pixels either way. */
  *visible(lines, turn, view, least = 0.7) {
    const [west, east] = [view.left / view.world - turn, (view.left + view.width) / view.world - turn];
    const [north, south] = [view.top / view.world, (view.top + view.height) / view.world];
    for (const line of lines) {
      const tiny = (line.east - line.west) * view.world < least && (line.south - line.north) * view.world < least;
      if (!tiny && line.east >= west && line.west <= east && line.south >= north && line.north <= south) yield line;
    }
  },

  /** Names of the countries that have room for them; they come widest first, none over another or over an event. */
  paintLabels(context, view, taken, colours) {
    context.font = NAME_FONT;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 3;
    for (const label of this.labels) {
      const room = label.width * view.world;
      if (room < 34) break;
      const width = context.measureText(label.name).width;
      const { x, y } = inView(view, label.x, label.y);
      if (x < -room || x > view.width + room) continue;
      const box = [x - width / 2 - 6, y - 10, x + width / 2 + 6, y + 10];
      if (width > room * 1.05 || overlapsAny(box, taken)) continue;
      taken.push(box);
      context.strokeStyle = colours.halo;
      context.strokeText(label.name, x, y);
      context.fillStyle = colours.label;
      context.fillText(label.name, x, y);
    }
  },

  /** Towns of this zoom that have room, a dot and a name each: what a reader finds a place by. */
  paintTowns(context, view, taken, colours) {
    context.textAlign = "left";
    // A name in Arabic letters starts at its dot too.
    context.direction = "ltr";
    context.strokeStyle = colours.halo;
    context.fillStyle = colours.label;
    for (const town of this.towns) {
      // They come in the order of their zooms.
      if (town.zoom > view.zoom) break;
      const { x, y } = inView(view, town.x, town.y);
      if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
      context.font = town.zoom <= CITY_ZOOM ? CITY_FONT : TOWN_FONT;
      const width = context.measureText(town.name).width;
      // To the right of its dot, or else to the left.
      const isFree = (start) => start > 0 && !overlapsAny(boxAround(x, y, start, width), taken);
      const left = [x + 5, x - 5 - width].find(isFree);
      if (!left) continue;
      taken.push(boxAround(x, y, left, width));
      context.beginPath();
      context.arc(x, y, 2, 0, 2 * Math.PI);
      context.fill();
      context.strokeText(town.name, left, y);
      context.fillText(town.name, left, y);
    }
  },
});

/** The box of a town's dot and its name, with a little room about them. */
function boxAround(x, y, left, width) {
  return [Math.min(x - 4, left - 3), y - 8, Math.max(x + 4, left + width + 3), y + 8];
}

function overlapsAny(box, boxes) {
  return boxes.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]);
}
