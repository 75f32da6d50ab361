// The offline base map: land, borders and the names of countries and towns, repeated to either side without a seam.

/** Decodes a line of steps into fractions of the world, with its bounds. */
function readLine(steps, units) {
  const line = { xs: new Float64Array(steps.length / 2), ys: new Float64Array(steps.length / 2), seams: new Set() };
  let [lon, lat] = [0, 0];
  let onSeam = false;
  for (let i = 0; i < line.xs.length; i++) {
    lon += steps[2 * i];
    lat += steps[2 * i + 1];
    line.xs[i] = worldX(lon / units);
    line.ys[i] = worldY(lat / units);
    // Where the data were cut along the antimeridian there is no coast to draw.
    const wasOnSeam = onSeam;
    onSeam = Math.abs(lon) === 180 * units;
    if (onSeam && wasOnSeam) line.seams.add(i);
  }
  [line.west, line.east] = extent(line.xs);
  [line.north, line.south] = extent(line.ys);
  return line;
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

const TOWN_FONT = "400 11px system-ui, sans-serif";

/** How far the painted sheet reaches beyond the view, in views. */
const MARGIN = 0.3;

const GroundLayer = CanvasLayer.extend({
  options: { pane: "tilePane" },

  initialize(shapes) {
    this.land = shapes.land.map((steps) => readLine(steps, shapes.units));
    this.borders = shapes.borders.map((steps) => readLine(steps, shapes.units));
    this.obstacles = () => [];
    this.labels = shapes.labels.map(([name, lon, lat, width]) => ({
      name,
      x: worldX(lon),
      y: worldY(lat),
      width: width / 360,
    }));
    this.towns = shapes.towns.map(([name, lon, lat, zoom]) => ({ name, x: worldX(lon), y: worldY(lat), zoom }));
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
    const [land, coast, borders] = [new Path2D(), new Path2D(), new Path2D()];
    for (let turn = Math.floor(view.left / view.world) - 1; turn <= (view.left + view.width) / view.world; turn++) {
      for (const line of this.visible(this.land, turn, view)) traceLine(line, turn, view, land, coast);
      for (const line of this.visible(this.borders, turn, view)) traceLine(line, turn, view, null, borders);
    }
    context.fillStyle = colours.land;
    context.fill(land, "evenodd");
    context.lineWidth = 1;
    context.strokeStyle = colours.coast;
    context.stroke(coast);
    context.strokeStyle = colours.border;
    context.setLineDash([3, 2.5]);
    context.stroke(borders);
    context.setLineDash([]);
  },

  *visible(lines, turn, view) {
    const [west, east] = [view.left / view.world - turn, (view.left + view.width) / view.world - turn];
    const [north, south] = [view.top / view.world, (view.top + view.height) / view.world];
    for (const line of lines) {
      const tiny = (line.east - line.west) * view.world < 0.7 && (line.south - line.north) * view.world < 0.7;
      if (!tiny && line.east >= west && line.west <= east && line.south >= north && line.north <= south) yield line;
    }
  },

  /** Names of the countries that have room for them; wide ones first, none over another or over an event. */
  paintLabels(context, view, taken, colours) {
    context.font = NAME_FONT;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 3;
    for (const label of this.labels) {
      const room = label.width * view.world;
      if (room < 34) break; // They come widest first.
      const width = context.measureText(label.name).width;
      const { x, y } = inView(view, label.x, label.y);
      const box = [x - width / 2 - 6, y - 10, x + width / 2 + 6, y + 10];
      if (width > room * 1.05 || overlapsAny(box, taken)) continue;
      taken.push(box);
      context.strokeStyle = colours.halo;
      context.strokeText(label.name, x, y);
      context.fillStyle = colours.label;
      context.fillText(label.name, x, y);
    }
  },

  /** Towns that have room at this zoom, a dot and a name each: what a reader finds a place by. */
  paintTowns(context, view, taken, colours) {
    context.font = TOWN_FONT;
    context.textAlign = "left";
    context.strokeStyle = colours.halo;
    context.fillStyle = colours.label;
    for (const town of this.towns) {
      if (town.zoom > view.zoom) break; // They come in the order of their zooms.
      const { x, y } = inView(view, town.x, town.y);
      if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
      const box = [x - 4, y - 8, x + context.measureText(town.name).width + 8, y + 8];
      if (overlapsAny(box, taken)) continue;
      taken.push(box);
      context.beginPath();
      context.arc(x, y, 2, 0, 2 * Math.PI);
      context.fill();
      context.strokeText(town.name, x + 5, y);
      context.fillText(town.name, x + 5, y);
    }
  },
});

function overlapsAny(box, boxes) {
  return boxes.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]);
}
