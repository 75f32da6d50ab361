// A canvas over the whole map that is drawn anew whenever the map moves.

/**
 * What a canvas layer paints with: `width` and `height` of the view in CSS pixels, the `zoom`, the `world`'s width in
 * pixels at that zoom, and where the view's corner (`left`, `top`) is in the world.
 */
function viewOf(map) {
  const corner = map.getPixelBounds().min;
  const size = map.getSize();
  const zoom = map.getZoom();
  return { width: size.x, height: size.y, zoom, world: 256 * 2 ** zoom, left: corner.x, top: corner.y };
}

/** Longitude as a fraction of the world's width, from the antimeridian eastwards. */
function worldX(lon) {
  return lon / 360 + 0.5;
}

/** Latitude as a fraction of the web Mercator world's height, from the north; the poles are cut off at 85.06. */
function worldY(lat) {
  const sine = Math.sin((Math.max(-85.06, Math.min(85.06, lat)) * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

/** The narrowest stretch of the globe that holds all longitudes: where it starts, and its width in degrees. */
function westmost(lons) {
  if (!lons.length) return { west: -180, width: 360 };
  const sorted = Float64Array.from(new Set(lons)).sort();
  let [west, gap] = [sorted[0], sorted[0] + 360 - sorted.at(-1)];
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] - sorted[i - 1] > gap) [west, gap] = [sorted[i], sorted[i] - sorted[i - 1]];
  }
  return { west, width: 360 - gap };
}

/** Where a point is in the view: in the copy of the world that is nearest to the view's middle. */
function inView(view, x, y) {
  const middle = (view.left + view.width / 2) / view.world;
  const turn = Math.round(middle - x);
  return { x: (x + turn) * view.world - view.left, y: y * view.world - view.top };
}

/** Clears a canvas and gives it the view's size, in as many pixels as the screen has. */
function fitCanvas(canvas, view) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) {
    [canvas.width, canvas.height] = [width, height];
    canvas.style.width = `${view.width}px`;
    canvas.style.height = `${view.height}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, view.width, view.height);
}

/** A Leaflet layer of one canvas; subclasses bring `paint(context, view)`. */
const CanvasLayer = L.Layer.extend({
  options: { pane: "overlayPane" },

  onAdd() {
    this.canvas = L.DomUtil.create("canvas", "leaflet-zoom-animated map-canvas", this.getPane());
    this.canvas.setAttribute("aria-hidden", "true");
    this.context = this.canvas.getContext("2d");
    this.redraw();
  },

  onRemove() {
    this.canvas.remove();
  },

  // Drawing at once, not in the next frame, keeps the canvas where the map's panes are while they glide.
  getEvents() {
    return {
      move: this.redraw,
      resize: this.redraw,
      viewreset: this.redraw,
      zoomend: this.redraw,
      zoomanim: this.animate,
    };
  },

  redraw() {
    const map = this._map;
    if (!map) return;
    const view = viewOf(map);
    fitCanvas(this.canvas, view);
    L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint([0, 0]));
    this.paint(this.context, view);
  },

  /** Scales what is drawn while the map glides to another zoom; it is drawn anew on arrival. */
  animate({ center, zoom }) {
    const map = this._map;
    const corner = map.containerPointToLayerPoint([0, 0]);
    const half = map.getSize().divideBy(2);
    const middle = map.project(center, zoom).subtract(half);
    const moved = map.project(map.layerPointToLatLng(corner), zoom).subtract(middle).add(corner);
    L.DomUtil.setTransform(this.canvas, moved, map.getZoomScale(zoom));
  },
});
