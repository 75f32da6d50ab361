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

/** "12 km north of Hama": on the map a point apart from its place must not pass for it. */
function nameOnMap({ place, props }) {
  return place && props.place_relation ? `${props.place_relation} ${place}` : place;
}

function boxOf({ made, x, y }) {
  return [x - made.radius, y - made.radius, x + made.radius, y + made.radius];
}

const EventLayer = CanvasLayer.extend({
  initialize(groups) {
    this.groups = groups;
    this.points = [];
    this.selected = null;
    this.hovered = null;
    this.clusters = [];
    this.clusteredAt = null;
  },

  /** Shows these events and no others. */
  show(events) {
    this.points = groupByPoint(events);
    this.clusteredAt = null;
    this.redraw();
  },

  /** Rings the event's symbol and draws the circle that holds its true point; null for none. */
  select(event) {
    this.selected = event?.located ? event : null;
    this.redraw();
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
  names(seen, view) {
    const names = [];
    if (view.zoom < NAMES_ZOOM) return names;
    const taken = seen.map(boxOf);
    this.context.font = NAME_FONT;
    for (const { made, x, y } of seen) {
      const [name, ...others] = new Set(made.points[0].events.map(nameOnMap));
      if (!name || others.length) continue;
      const text = shorten(name.slice(0, 60).replace(/[\p{C}\s]+/gu, " "), 28);
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
    return [...seen.map(boxOf), ...this.names(seen, view).map((name) => name.box)];
  },

  paint(context, view) {
    const colours = themeColours();
    if (this.selected) this.paintCircle(context, view, colours);
    const seen = this.seen(view);
    for (const { made, x, y } of seen) this.paintCluster(context, made, x, y, colours);
    this.paintNames(context, this.names(seen, view), colours);
  },

  paintCluster(context, made, x, y, { ink, paper, accent }) {
    if (this.selected && made.events.includes(this.selected)) {
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

  paintCircle(context, view, { accent }) {
    const { lon, lat, props } = this.selected;
    if (!props.coordinate_uncertainty_m) return;
    const middle = inView(view, worldX(lon), 0).x;
    const turn = middle - (worldX(lon) * view.world - view.left);
    context.beginPath();
    for (const point of circleAround(lon, lat, props.coordinate_uncertainty_m)) {
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
    let best = null;
    let bestGap = reach;
    for (const made of this.clusters) {
      const { x, y } = inView(view, made.x, made.y);
      const gap = Math.hypot(x - point.x, y - point.y) - made.radius;
      if (gap <= bestGap) [best, bestGap] = [made, gap];
    }
    return best;
  },
});
