// Puts the page together and answers the reader.

const FIT_ZOOM = 8;
const NEAR_ZOOM = { wide: 8, narrow: 7 };
const CLOSE_ZOOM = 11;
const SCALE_WIDTH = 150;
const FIT_LABEL = "Show all events of the list";

const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const narrow = window.matchMedia("(max-width: 760px)");

class Page {
  constructor(map, style, collection, ground) {
    this.map = map;
    this.style = style;
    this.collection = collection;
    this.events = readEvents(collection, style);
    this.query = "";
    [this.orderName] = ORDERS.keys();
    this.selected = null;
    this.gliding = false;
    this.waiting = null;
    this.opener = null;
    const open = (event) => this.open(event);
    this.filters = new Filters(document.getElementById("groups"), style.groups, this.events, () => this.refresh());
    this.list = new EventList(style.groups, open);
    this.panel = new Panel({
      groups: style.groups,
      events: this.events,
      open,
      step: (by) => this.step(by),
      close: () => this.close(),
    });
    this.ground = ground && new GroundLayer(ground).addTo(map);
    this.layer = new EventLayer(style.groups).addTo(map);
    new FitControl(() => this.move(() => this.fit())).addTo(map);
    // Wide enough that "1000 mi" fits under the shortest line.
    L.control.scale({ maxWidth: SCALE_WIDTH }).addTo(map);
    if (this.ground) this.ground.obstacles = (view) => this.layer.boxes(view);
  }

  start() {
    document.getElementById("title").textContent = this.style.title;
    this.showCredit(document.getElementById("credit"));
    this.map.getContainer().setAttribute("aria-label", "Map of the events; the list holds them too");
    showRemarks(this.collection);
    fillLegend(document.getElementById("legend"), this.style.groups);
    this.listen();
    this.refresh();
    this.fit();
  }

  /** Who made what the map is made of; GeoNames' licence asks for its name and a link. */
  showCredit(root) {
    const link = (address, words) => make("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, words);
    if (this.style.credit) root.append(this.style.credit, " · ");
    root.append("Places: ", link("https://www.geonames.org/", "GeoNames"), " (");
    root.append(link("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"), ") · Leaflet");
  }

  listen() {
    const field = document.getElementById("search");
    field.addEventListener("input", () => {
      this.query = field.value;
      this.refresh();
    });
    const order = document.getElementById("order");
    order.append(...[...ORDERS.keys()].map((name) => make("option", {}, name)));
    order.addEventListener("change", () => {
      this.orderName = order.value;
      this.refresh();
    });
    document.getElementById("download").addEventListener("click", () => this.download());
    document.addEventListener("keydown", (press) => this.press(press, field));
    this.map.on("click", (click) => this.click(click));
    this.map.on("mousemove", (move) => this.hover(move.containerPoint));
    this.map.on("mouseout movestart zoomstart", () => this.hover(null));
    this.map.on("zoomend", () => {
      const move = this.waiting;
      this.gliding = false;
      this.waiting = null;
      move?.();
    });
    // Leaflet watches the window; the map also changes size when the page's columns do.
    new ResizeObserver(() => this.map.invalidateSize({ pan: false })).observe(this.map.getContainer());
    onThemeChange(() => {
      this.ground?.repaint();
      this.refresh();
    });
  }

  /** Shows what the filters and the search leave. */
  refresh() {
    const found = search(this.events, this.query);
    this.filters.count(found);
    this.visible = inOrder(
      found.filter((event) => !this.filters.hidden.has(event.group)),
      this.orderName,
    );
    const located = this.visible.filter((event) => event.located);
    const unlocated = this.visible.filter((event) => !event.located);
    this.order = [...located, ...unlocated];
    this.layer.show(located);
    this.ground?.redraw();
    this.list.show(located, () => this.explainEmpty(unlocated.length));
    const words = fold(this.query).split(/\s+/).filter(Boolean);
    const names = this.names().filter(({ name }) => words.every((word) => fold(name).includes(word)));
    showUnlocated(unlocated, names, this.style.groups, (event) => this.open(event));
    this.list.mark(this.selected);
    this.panel.tellPosition(this.position());
    this.tell(located.length, unlocated.length);
  }

  /** Why the list has nothing to show, and what the reader can do. */
  explainEmpty(unlocated) {
    if (unlocated) return ["None of these events has a place on the map: they are listed below."];
    if (this.events.length)
      return ["No event matches. ", make("button", { type: "button", onclick: () => this.clear() }, "Show all events")];
    const texts = articlesOf(this.collection).length;
    if (!texts) return ["This file has no events."];
    const remarks = document.getElementById("remarks").hidden ? "" : " What could not be read is told below.";
    return [
      `No event was found in ${plural(texts, "text")}.${remarks} Only English is read, and only what is told as having ` +
        "happened is shown: geoevents map --include future (or historical, hypothetical, negated) adds the rest.",
    ];
  }

  /** Drops the search and the filters. */
  clear() {
    document.getElementById("search").value = this.query = "";
    this.filters.clear();
    this.refresh();
  }

  names() {
    this.unplaced ??= unplacedNames(this.collection);
    return this.unplaced;
  }

  tell(located, unlocated) {
    const total = this.events.length;
    const shown =
      located + unlocated === total
        ? plural(total, "event")
        : `${number.format(located + unlocated)} of ${plural(total, "event")}`;
    const off = unlocated ? ` · ${number.format(unlocated)} not on the map` : "";
    document.getElementById("status").textContent = shown + off;
  }

  /** Moves the map once it has arrived where it glides to: until then Leaflet loses every other move. The last wins. */
  move(move) {
    if (this.gliding) this.waiting = move;
    else move();
  }

  /** Takes the map to a point and a zoom. A jump has arrived by the time `setView` returns, a glide has only begun. */
  glide(middle, zoom) {
    this.map.setView(middle, zoom, { animate: !calm.matches });
    this.gliding = this.map.getZoom() !== zoom;
  }

  /** Shows all events of the list: the shorter way round the world, clear of the panel. */
  fit() {
    const bounds = boundsOf(this.order.filter((event) => event.located));
    const { right, bottom } = this.panel.isOpen ? this.covered() : { right: 0, bottom: 0 };
    const room = { paddingTopLeft: [48, 48], paddingBottomRight: [48 + right, 48 + bottom], maxZoom: FIT_ZOOM };
    if (bounds) this.map.fitBounds(bounds, { ...room, animate: false });
    else this.map.setView([20, 0], 2, { animate: false });
  }

  /** Shows the evidence of an event. From the list the map comes closer; from the map it stays where the reader is. */
  open(event, { closer = true } = {}) {
    if (!this.panel.isOpen) this.opener = document.activeElement;
    this.selected = event;
    const others = event.located
      ? this.order.filter((other) => other !== event && other.lon === event.lon && other.lat === event.lat)
      : [];
    this.panel.showEvent(event, others, this.position());
    this.list.mark(event);
    this.layer.select(event);
    const least = closer ? NEAR_ZOOM[narrow.matches ? "narrow" : "wide"] : 0;
    if (event.located) this.move(() => this.bringIntoView(event, least));
  }

  /** "3 of 40": where the open event is in the list as it stands. */
  position() {
    const index = this.order.indexOf(this.selected);
    return index < 0 ? "not listed" : `${number.format(index + 1)} of ${number.format(this.order.length)}`;
  }

  close() {
    const event = this.selected;
    this.selected = null;
    this.panel.hide();
    this.list.mark(null);
    this.layer.select(null);
    const back = (event && this.list.itemOf(event)) || this.opener;
    if (back?.isConnected) back.focus({ preventScroll: true });
  }

  step(by) {
    const index = this.order.indexOf(this.selected);
    const next = this.order[index + by];
    if (next) this.open(next);
  }

  /** Moves the map so that the event lies where no panel covers it: as close as `least`, unless its circle is larger. */
  bringIntoView(event, least) {
    const metres = Math.max(event.props.coordinate_uncertainty_m || 0, 5000);
    const degrees = metres / 111320;
    const wide = degrees / Math.max(0.1, Math.cos((event.lat * Math.PI) / 180));
    const lon = this.nearestCopy(event.lon);
    const circle = L.latLngBounds([event.lat - degrees, lon - wide], [event.lat + degrees, lon + wide]);
    const padding = this.covered();
    const fitting = this.map.getBoundsZoom(circle, false, L.point(padding.right + 80, padding.bottom + 80));
    const zoom = least ? Math.min(Math.max(this.map.getZoom(), least), Math.max(fitting, 3)) : this.map.getZoom();
    const inSight = zoom === this.map.getZoom() && this.isClear(event, padding);
    if (inSight) return;
    const shift = L.point(padding.right / 2, padding.bottom / 2);
    const middle = this.map.unproject(this.map.project([event.lat, lon], zoom).add(shift), zoom);
    this.glide(middle, zoom);
  }

  /** The event's longitude in the copy of the world that the reader looks at. */
  nearestCopy(lon) {
    return lon + 360 * Math.round((this.map.getCenter().lng - lon) / 360);
  }

  /** How many pixels of the map's right and lower edge the panel covers. */
  covered() {
    const map = this.map.getContainer().getBoundingClientRect();
    const panel = this.panel.root.getBoundingClientRect();
    if (narrow.matches) return { right: 0, bottom: Math.max(0, map.bottom - panel.top) };
    return { right: Math.max(0, map.right - panel.left), bottom: 0 };
  }

  isClear(event, padding) {
    const size = this.map.getSize();
    const { x, y } = inView(viewOf(this.map), worldX(event.lon), worldY(event.lat));
    return x > 24 && y > 24 && x < size.x - padding.right - 24 && y < size.y - padding.bottom - 24;
  }

  click({ containerPoint, originalEvent }) {
    this.hover(null);
    const made = this.layer.at(containerPoint, originalEvent.pointerType === "touch" ? 14 : 5);
    if (!made) return;
    if (made.size === 1) this.open(made.events[0], { closer: false });
    else if (!this.comeCloser(made)) this.showStack(made);
  }

  /** Zooms to the places of a cluster; false if it is one place, or they cannot be told apart. */
  comeCloser(made) {
    if (made.points.length === 1) return false;
    const bounds = boundsOf(made.events);
    const zoom = Math.min(this.map.getBoundsZoom(bounds, false, L.point(120, 120)), CLOSE_ZOOM);
    if (zoom <= this.map.getZoom()) return false;
    const middle = bounds.getCenter();
    this.move(() => this.glide([middle.lat, this.nearestCopy(middle.lng)], zoom));
    return true;
  }

  showStack(made) {
    if (!this.panel.isOpen) this.opener = document.activeElement;
    this.selected = null;
    this.list.mark(null);
    this.layer.select(null);
    this.panel.showStack([...made.events].sort((a, b) => a.index - b.index));
    this.move(() => this.bringIntoView(made.points[0].events[0], 0));
  }

  /** The name of what is under the pointer. */
  hover(point) {
    const tip = document.getElementById("tip");
    const made = point && this.layer.at(point, 3);
    this.map.getContainer().classList.toggle("pointing", Boolean(made));
    tip.hidden = !made;
    if (!made) return;
    const [event] = made.events;
    const line =
      made.size === 1
        ? headline(event)
        : [plural(made.size, "event"), ...(made.points.length === 1 && event.place ? [" – ", quote(event.place)] : [])];
    tip.replaceChildren(...line);
    tip.style.left = `${Math.min(point.x + 14, this.map.getSize().x - tip.offsetWidth - 4)}px`;
    tip.style.top = `${point.y + 14}px`;
  }

  press(press, field) {
    if (press.ctrlKey || press.metaKey || press.altKey) return;
    const typing = press.target.closest?.("input:not([type=checkbox])");
    if (press.key === "/" && !typing) {
      press.preventDefault();
      field.focus();
      field.select();
    } else if (press.key === "Escape") this.escape(typing, field);
    else if (this.selected && !typing && !press.target.closest?.(".leaflet-container")) {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[press.key];
      if (by) this.step(by);
    }
  }

  /** Esc closes the panel; in the search field it clears the search first. */
  escape(typing, field) {
    if (typing && field.value) {
      field.value = this.query = "";
      this.refresh();
    } else if (this.panel.isOpen) this.close();
  }

  /** Hands the events that are shown to the reader as a file. */
  download() {
    const collection = { ...this.collection, features: this.order.map((event) => event.feature) };
    const url = URL.createObjectURL(new Blob([JSON.stringify(collection)], { type: "application/geo+json" }));
    make("a", { href: url, download: "events.geojson" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}

/** A button under the zoom buttons that shows all events of the list again. */
const FitControl = L.Control.extend({
  options: { position: "topleft" },

  initialize(fit) {
    this.fit = fit;
  },

  onAdd() {
    const button = make("a", { href: "#", role: "button", title: FIT_LABEL, "aria-label": FIT_LABEL }, "All");
    button.addEventListener("click", (click) => {
      click.preventDefault();
      this.fit();
    });
    const bar = make("div", { class: "leaflet-bar fit" }, button);
    L.DomEvent.disableClickPropagation(bar);
    return bar;
  },
});

/** The bounds of events, across the antimeridian where that is shorter; null for none. */
function boundsOf(events) {
  if (!events.length) return null;
  const { west, width } = westmost(events.map((event) => event.lon));
  const [south, north] = extent(events.map((event) => event.lat));
  return L.latLngBounds([south, west], [north, west + width]);
}

async function main() {
  const [style, ground, collection] = await Promise.all(["style", "ground", "events"].map(readBlock));
  window.map_events.whenReady(() => new Page(window.map_events, style, collection, ground).start());
  document.documentElement.dataset.ready = "true";
}

main().catch((error) => {
  document.getElementById("status").textContent = "This page cannot be drawn: your browser may be too old for it.";
  throw error;
});
