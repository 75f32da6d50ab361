// The events on the map: symbols, donuts for several at one place, and the circle that holds the true point.

const SYMBOL_RADIUS = 8;
const NAMES_ZOOM = 5;
const NAME_FONT = "500 12px system-ui, sans-serif";
const EARTH_RADIUS_M = 6371008.8;

/**
 * Events that share a point, most first, so that the biggest places keep their position when symbols are joined.
 * The world is cut where no events are, so that neighbours across the antimeridian are neighbours here.
 */
function groupByPoint(events) {
  const points = new Map();
  const west = worldX(westmost(events.filter((event) => event.located).map((event) => event.lon)).west);
  for (const event of events) {
    if (!event.located) continue;
    const key = pointKey(event);
    const point = points.get(key);
    const x = worldX(event.lon);
    if (point) point.events.push(event);
    else points.set(key, { x: x < west ? x + 1 : x, y: worldY(event.lat), events: [event] });
  }
  return [...points.values()].sort(
    (a, b) => b.events.length - a.events.length || a.events[0].index - b.events[0].index,
  );
}

/** One number for a point, to about a metre: a number makes a faster key than text. */
function pointKey({ lon, lat }) {
  return Math.round((lon + 180) * 1e5) * 18_000_001 + Math.round((lat + 90) * 1e5);
}

/**
 * Joins points whose symbols would cover each other at a zoom, until none do: a donut grows as it takes others in. A
 * cluster stays at its biggest point, so that no symbol is ever where nothing was reported.
 */
function cluster(points, world) {
  let clusters = points.map((point) => ({ x: point.x, y: point.y, points: [point], size: point.events.length }));
  let before;
  do {
    before = clusters.length;
    clusters = joinNear(clusters, world).sort((a, b) => b.size - a.size);
  } while (clusters.length < before);
  return clusters.map(finish);
}

/** One round of joining, biggest first. A grid as wide as the largest symbol keeps the search for neighbours short. */
function joinNear(clusters, world) {
  const cell = 48 / world;
  const grid = new Map();
  const joined = [];
  for (const made of clusters) {
    const [column, row] = [Math.floor(made.x / cell), Math.floor(made.y / cell)];
    const near = nearest(grid, column, row, made, world);
    if (near) {
      near.points = near.points.concat(made.points);
      near.size += made.size;
      continue;
    }
    const key = cellKey(column, row);
    if (!grid.has(key)) grid.set(key, []);
    grid.get(key).push(made);
    joined.push(made);
  }
  return joined;
}

function cellKey(column, row) {
  return column * 2 ** 22 + row;
}

/** The nearest cluster in the grid that a symbol would cover by more than a sliver, or null. */
function nearest(grid, column, row, made, world) {
  let best = null;
  let bestGap = Infinity;
  for (let c = column - 1; c <= column + 1; c++) {
    for (let r = row - 1; r <= row + 1; r++) {
      for (const other of grid.get(cellKey(c, r)) || []) {
        const gap = Math.hypot(other.x - made.x, other.y - made.y) * world;
        if (gap < radiusOf(other.size) + radiusOf(made.size) - 2 && gap < bestGap) [best, bestGap] = [other, gap];
      }
    }
  }
  return best;
}

function radiusOf(size) {
  return size === 1 ? SYMBOL_RADIUS : donutRadius(size);
}

function finish(made) {
  const events = made.points.flatMap((point) => point.events);
  const counts = [];
  for (const event of events) counts[event.group] = (counts[event.group] || 0) + 1;
  return { ...made, events, counts: Array.from(counts, (count) => count || 0), radius: radiusOf(made.size) };
}

/** The circle of `metres` about a point on the globe, as fractions of the world: its true shape, not a round one. */
function circleAround(lon, lat, metres) {
  const angle = Math.min(metres / EARTH_RADIUS_M, Math.PI * 0.49);
  const phi = (lat * Math.PI) / 180;
  return Array.from({ length: 96 }, (_, step) => {
    const bearing = (step / 96) * 2 * Math.PI;
    const sine = Math.sin(phi) * Math.cos(angle) + Math.cos(phi) * Math.sin(angle) * Math.cos(bearing);
    const east = Math.atan2(
      Math.sin(bearing) * Math.sin(angle) * Math.cos(phi),
      Math.cos(angle) - Math.sin(phi) * sine,
    );
    return { x: worldX(lon + (east * 180) / Math.PI), y: worldY((Math.asin(sine) * 180) / Math.PI) };
  });
}

/** The plates of countries in which something happened, nobody says where: a name, not a point. */
function plateCountries(events) {
  const plates = new Map();
  for (const event of events) {
    const key = `${event.props.country_code} ${event.place}`;
    if (!plates.has(key)) plates.set(key, []);
    plates.get(key).push(event);
  }
  return [...plates.values()].map((inside) => {
    const [{ lon, lat, place }] = inside;
    const made = finish({ x: worldX(lon), y: worldY(lat), points: [{ events: inside }], size: inside.length });
    return { ...made, plate: true, text: oneLine(place || "?", 28) };
  });
}

/** "12 km north of Hama": on the map a point apart from its place must not pass for it. */
function nameOnMap({ place, props }) {
  return place && props.place_relation ? `${props.place_relation} ${place}` : place;
}

function boxOf({ made, x, y }) {
  return [x - made.radius, y - made.radius, x + made.radius, y + made.radius];
}

/** Where a plate goes that would cover symbols, in pixels up or down. */
const PLATE_SHIFTS = [0, -30, 30, -60, 60];

function plateText({ text, size }) {
  return size === 1 ? text : `${text}: ${shortCount(size)}`;
}

const EventLayer = CanvasLayer.extend({
  initialize(groups) {
    this.groups = groups;
    this.points = [];
    this.plates = [];
    this.spot = null;
    /** How much of the view's right and lower edge is covered. */
    this.covered = () => ({ right: 0, bottom: 0 });
    this.selectedEvent = null;
    this.hoveredEvent = null;
    this.clusters = [];
    this.shownPlates = [];
    this.clusteredAt = null;
  },

  /** Shows these events and no others. */
  show(events) {
    this.points = groupByPoint(events.filter((event) => !event.country));
    this.plates = plateCountries(events.filter((event) => event.country));
    this.clusteredAt = null;
    this.redraw();
  },

  /** Rings the event's symbol and draws the circle that holds its true point; null for none. */
  select(event) {
    this.selectedEvent = event?.located ? event : null;
    this.redraw();
  },

  /** Draws the circle of the event under the pointer. */
  hover(event) {
    if (event === this.hoveredEvent) return;
    this.hoveredEvent = event;
    this.redraw();
  },

  /** Points out a place, {lon, lat, name?, uncertainty_m?}; null for none. */
  point(spot) {
    this.spot = spot;
    this.redraw();
  },

  /** The plates in sight, each with its box, clear of the symbols where there is room. */
  placedPlates(seen, view) {
    const taken = seen.map(boxOf);
    this.context.font = NAME_FONT;
    return this.plates.flatMap((made) => {
      const { x, y } = inView(view, made.x, made.y);
      if (x < 0 || y < 0 || x > view.width || y > view.height) return [];
      const width = this.context.measureText(plateText(made)).width + 16;
      const boxes = PLATE_SHIFTS.map((dy) => [x - width / 2, y + dy - 11, x + width / 2, y + dy + 11]);
      const box = boxes.find((one) => !overlapsAny(one, taken)) || boxes[0];
      taken.push(box);
      return [{ made, box, x, y }];
    });
  },

  /** The clusters in sight, each with its place in the view: big ones first, so that small ones lie on top. */
  seen(view) {
    if (this.clusteredAt !== view.zoom) {
      this.clusters = cluster(this.points, view.world);
      this.clusteredAt = view.zoom;
    }
    return this.clusters
      .map((made) => ({ made, ...inView(view, made.x, made.y) }))
      .filter(({ made, x, y }) => {
        const reach = made.radius;
        return x > -reach && y > -reach && x < view.width + reach && y < view.height + reach;
      })
      .sort((a, b) => b.made.size - a.made.size);
  },

  /**
   * The names of places beside their symbols, from zoom 5, where they cover neither a symbol nor each other; each with
   * its box. Events at one point may be at differently named places: only a name they share is written.
   */
  names(seen, view, plates) {
    const names = [];
    if (view.zoom < NAMES_ZOOM) return names;
    const taken = [...seen.map(boxOf), ...plates.map(({ box }) => box)];
    this.context.font = NAME_FONT;
    for (const { made, x, y } of seen) {
      const [name, ...others] = new Set(made.points[0].events.map(nameOnMap));
      if (!name || others.length) continue;
      const text = oneLine(name, 28);
      const left = x + made.radius + 4;
      const box = [left, y - 8, left + this.context.measureText(text).width + 4, y + 8];
      if (overlapsAny(box, taken)) continue;
      taken.push(box);
      names.push({ text, left, y, box });
    }
    return names;
  },

  /** Boxes of all that is drawn, which the base map keeps its names clear of. */
  boxes(view) {
    const seen = this.seen(view);
    const plates = this.placedPlates(seen, view);
    return [...seen.map(boxOf), ...plates.map(({ box }) => box), ...this.names(seen, view, plates).map(({ box }) => box)];
  },

  paint(context, view) {
    const colours = themeColours();
    for (const event of new Set([this.selectedEvent, this.hoveredEvent])) if (event) this.paintCircle(context, view, event, event.props.coordinate_uncertainty_m, colours);
    const seen = this.seen(view);
    const plates = this.placedPlates(seen, view);
    // A plate beside its country is tied to it.
    context.strokeStyle = colours.ink;
    context.lineWidth = 1;
    for (const { x, y, box } of plates) {
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(x, (box[1] + box[3]) / 2);
      context.stroke();
    }
    for (const { made, x, y } of seen) this.paintCluster(context, made, x, y, colours);
    for (const plate of plates) this.paintPlate(context, plate, colours);
    this.paintNames(context, this.names(seen, view, plates), colours);
    this.shownPlates = plates;
    if (this.spot) this.paintSpot(context, view, this.spot, colours);
  },

  paintPlate(context, { made, box }, { ink, paper, accent }) {
    const [left, top, right, bottom] = box;
    const isSelected = made.events.includes(this.selectedEvent);
    context.beginPath();
    context.roundRect(left, top, right - left, bottom - top, 5);
    context.fillStyle = paper;
    context.fill();
    context.lineWidth = isSelected ? 3 : 1;
    context.strokeStyle = isSelected ? accent : ink;
    context.setLineDash([4, 3]);
    context.stroke();
    context.setLineDash([]);
    let x = left + 6;
    made.counts.forEach((count, group) => {
      const width = (count / made.size) * (right - left - 12);
      context.fillStyle = this.groups[group].colour;
      context.fillRect(x, bottom - 5, width, 3);
      x += width;
    });
    context.font = NAME_FONT;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = ink;
    context.fillText(plateText(made), (left + right) / 2, (top + bottom) / 2 - 1.5);
  },

  /** A ring and a name at a place, or an arrow at the edge behind which it lies. */
  paintSpot(context, view, spot, colours) {
    this.paintCircle(context, view, spot, spot.uncertainty_m, colours);
    const { x, y } = inView(view, worldX(spot.lon), worldY(spot.lat));
    const { right, bottom } = this.covered();
    const inside = [Math.max(18, Math.min(view.width - right - 18, x)), Math.max(18, Math.min(view.height - bottom - 18, y))];
    const angle = Math.atan2(y - inside[1], x - inside[0]);
    const isHere = inside[0] === x && inside[1] === y;
    context.beginPath();
    if (isHere) context.arc(x, y, 12, 0, 2 * Math.PI);
    else for (const turn of [0, 2.5, -2.5]) context.lineTo(inside[0] + 11 * Math.cos(angle + turn), inside[1] + 11 * Math.sin(angle + turn));
    context.closePath();
    context.lineWidth = 3;
    context.strokeStyle = colours.accent;
    context.fillStyle = colours.accent;
    if (!isHere) context.fill();
    context.stroke();
    const text = oneLine(String(spot.name ?? ""), 40);
    context.font = NAME_FONT;
    const width = context.measureText(text).width;
    const left = inside[0] + 18 + width < view.width - right ? inside[0] + 18 : inside[0] - 18 - width;
    this.paintNames(context, [{ text, left, y: inside[1] }], colours);
  },

  paintCluster(context, made, x, y, { ink, paper, accent }) {
    if (this.selectedEvent && made.events.includes(this.selectedEvent)) {
      context.beginPath();
      context.arc(x, y, made.radius + 5, 0, 2 * Math.PI);
      context.lineWidth = 3;
      context.strokeStyle = accent;
      context.stroke();
    }
    const [event] = made.events;
    if (made.size === 1) drawSymbol(context, this.groups[event.group], x, y, SYMBOL_RADIUS, event.hollow, ink, paper);
    else drawDonut(context, this.groups, made.counts, x, y, made.radius, ink, paper);
  },

  paintCircle(context, view, { lon, lat }, metres, { accent }) {
    if (!metres) return;
    const middle = inView(view, worldX(lon), 0).x;
    const turn = middle - (worldX(lon) * view.world - view.left);
    context.beginPath();
    for (const point of circleAround(lon, lat, metres)) {
      context.lineTo(point.x * view.world - view.left + turn, point.y * view.world - view.top);
    }
    context.closePath();
    context.save();
    context.fillStyle = accent;
    context.globalAlpha = 0.1;
    context.fill();
    context.restore();
    context.lineWidth = 1.5;
    context.strokeStyle = accent;
    context.setLineDash([6, 4]);
    context.stroke();
    context.setLineDash([]);
  },

  paintNames(context, names, { halo, place }) {
    context.font = NAME_FONT;
    context.textBaseline = "middle";
    context.textAlign = "left";
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.strokeStyle = halo;
    context.fillStyle = place;
    for (const { text, left, y } of names) {
      context.strokeText(text, left, y);
      context.fillText(text, left, y);
    }
  },

  /** The cluster at a point of the view, within `reach` pixels of its edge, or null. */
  at(point, reach) {
    const view = viewOf(this._map);
    const onPlate = ({ box }) => point.x >= box[0] && point.x <= box[2] && point.y >= box[1] && point.y <= box[3];
    let best = this.shownPlates.find(onPlate)?.made || null;
    let bestGap = reach;
    for (const made of this.clusters) {
      const { x, y } = inView(view, made.x, made.y);
      const gap = Math.hypot(x - point.x, y - point.y) - made.radius;
      if (gap <= bestGap) [best, bestGap] = [made, gap];
    }
    return best;
  },
});
