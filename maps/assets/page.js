// Puts the page together and answers the reader.

const FIT_ZOOM = 8;
const NEAR_ZOOM = { wide: 8, narrow: 7 };
const CLOSE_ZOOM = 11;
const SCALE_WIDTH = 150;
const SAVE_MS = 200;

const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const narrow = window.matchMedia("(max-width: 760px)");

class Page {
  constructor(map, style, collection, ground) {
    this.map = map;
    this.style = style;
    this.collection = collection;
    this.events = readEvents(collection, style);
    this.search = new Search(this.events);
    this.query = "";
    this.orderNumber = 0;
    this.selectedEvent = null;
    this.isGliding = false;
    this.nextMove = null;
    this.opener = null;
    this.picked = null;
    this.fitted = null;
    const open = (event) => this.open(event);
    const refresh = () => this.refresh();
    this.allFilters = new Filters(style, this.events, refresh);
    this.timeLine = new Timeline(this.events, refresh);
    this.allCorrections = new Corrections((event) => this.putRight(event));
    this.list = new EventList(style.groups, open);
    this.eventPanel = new Panel({
      groups: style.groups,
      events: this.events,
      corrections: this.allCorrections,
      open,
      step: (by) => this.step(by),
      close: () => this.close(),
      point: (spot, go) => this.point(spot, go),
      pick: (use) => (this.picked = use),
    });
    this.ground = ground && new GroundLayer(ground).addTo(map);
    this.eventLayer = new EventLayer(style.groups).addTo(map);
    new FitControl(() => this.move(() => this.fit())).addTo(map);
    this.eventLayer.covered = () => (this.eventPanel.isOpen ? this.covered() : { right: 0, bottom: 0 });
    // Wide enough that "1000 mi" fits under the shortest line.
    L.control.scale({ maxWidth: SCALE_WIDTH }).addTo(map);
    if (this.ground) this.ground.obstacles = (view) => this.eventLayer.boxes(view);
  }

  start() {
    byId("title").textContent = this.style.title;
    this.showCredit(byId("credit"));
    this.map.getContainer().setAttribute("aria-label", say("map_label"));
    showRemarks(this.collection);
    fillLegend(byId("legend"), this.style.groups);
    this.listen();
    this.load();
  }

  /** Who made what the map is made of; GeoNames' licence asks for its name and a link. */
  showCredit(root) {
    if (this.style.credit) root.append(this.style.credit, " · ");
    const licence = webLink("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0");
    root.append(...sayNodes("places_by", webLink("https://www.geonames.org/", "GeoNames"), licence));
  }

  listen() {
    const field = byId("search");
    on(field, "input", () => {
      this.query = field.value;
      this.refresh();
    });
    const order = byId("order");
    order.append(...WORDS.orders.map((name) => make("option", {}, name)));
    on(order, "change", () => {
      this.orderNumber = order.selectedIndex;
      this.refresh();
    });
    const press = (id, action) => on(byId(id), "click", action);
    press("download", () => this.download());
    press("table", () => handOver("events.csv", "text/csv", eventsAsCsv(this.order)));
    press("picture", () => this.takePicture());
    press("put-right", () => this.allCorrections.download());
    on(window, "hashchange", () => this.load());
    this.map.on("moveend", () => this.save());
    on(document, "keydown", (press) => this.press(press, field));
    this.map.on("click", (click) => this.click(click));
    this.map.on("mousemove", (move) => this.hover(move.containerPoint));
    this.map.on("mouseout movestart zoomstart", () => this.hover(null));
    this.map.on("zoomend", () => {
      const move = this.nextMove;
      this.isGliding = false;
      this.nextMove = null;
      move?.();
    });
    // Leaflet watches the window; the map also changes size when the page's columns do.
    new ResizeObserver(() => this.map.invalidateSize({ pan: false })).observe(this.map.getContainer());
    onThemeChange(() => {
      this.ground?.repaint();
      this.refresh();
    });
  }

  /** Shows what the filters, the time and the search leave. */
  refresh() {
    const { found, taken } = this.search.find(this.query);
    const { visible, anytime } = this.allFilters.apply(found, this.timeLine);
    this.timeLine.show(anytime);
    const ordered = inOrder(visible, this.orderNumber);
    const located = ordered.filter((event) => event.located);
    const unlocated = ordered.filter((event) => !event.located);
    this.order = [...located, ...unlocated];
    this.eventLayer.show(located);
    this.ground?.redraw();
    this.list.show(located, () => this.explainEmpty(unlocated.length));
    const words = fold(this.query).split(/\s+/).filter(Boolean);
    const names = this.names().filter(({ name }) => words.every((word) => fold(name).includes(word)));
    showUnlocated(unlocated, names, this.style.groups, (event) => this.open(event));
    this.list.mark(this.selectedEvent);
    this.eventPanel.tellPosition(this.position());
    this.tell(located.length, unlocated.length, taken);
    this.save();
  }

  /** Why the list has nothing to show, and what the reader can do. */
  explainEmpty(unlocated) {
    if (unlocated) return [say("none_located")];
    if (this.events.length)
      return [say("none_match"), button(say("show_all"), () => this.clear())];
    const texts = articlesOf(this.collection).length;
    if (!texts) return [say("no_events")];
    const remarks = byId("remarks").hidden ? "" : say("see_remarks");
    return [say("none_found", say("texts", texts), remarks)];
  }

  /** Drops the search, the filters and the time. */
  clear() {
    byId("search").value = this.query = "";
    this.allFilters.clear();
    this.timeLine.clear();
    this.refresh();
  }

  names() {
    this.unplaced ??= unplacedNames(this.collection);
    return this.unplaced;
  }

  tell(located, unlocated, taken) {
    const total = this.events.length;
    const all = say("events", total);
    const shown = located + unlocated === total ? all : say("shown_of", located + unlocated, all);
    const off = unlocated ? say("not_on_map", unlocated) : "";
    const spelled = taken.map((pair) => say("spelled", ...pair)).join("");
    byId("status").textContent = shown + off + spelled;
  }

  /** Keeps what is looked at in the page's address, and nowhere else. */
  save() {
    clearTimeout(this.saving);
    this.saving = setTimeout(() => {
      const params = new URLSearchParams();
      if (this.query) params.set("q", this.query);
      if (this.orderNumber) params.set("sort", this.orderNumber);
      this.allFilters.save(params);
      this.timeLine.save(params);
      if (this.selectedEvent) params.set("event", nameOf(this.selectedEvent));
      if (this.fitted && this.viewNow() !== this.fitted) params.set("view", this.viewNow());
      const hash = params.size ? `#${params}` : "";
      if (hash === location.hash) return;
      try {
        history.replaceState(null, "", hash || location.pathname + location.search);
      } catch {
        // A page inside another has no address to keep anything in.
      }
    }, SAVE_MS);
  }

  /** Shows what the address says: an empty one everything, one of another kind changes nothing. */
  load() {
    if (this.fitted && location.hash && !location.hash.includes("=")) return;
    const params = new URLSearchParams(location.hash.slice(1));
    byId("search").value = this.query = params.get("q") || "";
    const order = byId("order");
    this.orderNumber = order.selectedIndex = Math.min(ORDERS.length - 1, Number(params.get("sort")) || 0);
    this.allFilters.load(params);
    this.timeLine.load(params);
    this.refresh();
    this.fit();
    this.fitted ??= this.viewNow();
    const view = (params.get("view") || "").split(",").map(Number);
    const isView = view.length === 3 && view.every(Number.isFinite);
    if (isView) this.map.setView([view[0], view[1]], view[2], { animate: false });
    const event = params.has("event") && this.events.find((one) => nameOf(one) === params.get("event"));
    if (event) this.open(event, { closer: !isView });
    else if (this.eventPanel.isOpen) this.close();
  }

  viewNow() {
    const { lat, lng } = this.map.getCenter();
    return [lat.toFixed(4), lng.toFixed(4), this.map.getZoom()].join();
  }

  /** Points a place out on the map; goes there if asked to. */
  point(spot, go = false) {
    this.eventLayer.point(spot);
    if (!go) return;
    const target = { lon: spot.lon, lat: spot.lat, props: { coordinate_uncertainty_m: spot.uncertainty_m } };
    this.move(() => this.bringIntoView(target, NEAR_ZOOM.narrow));
  }

  /** The reader put an event right, or took that back. */
  putRight(event) {
    const row = this.allCorrections.of(event);
    event.said = row && this.allCorrections.inWords(row);
    const saver = byId("put-right");
    const count = this.allCorrections.rows.size;
    saver.parentElement.hidden = !count;
    saver.textContent = say("corrections", count);
    this.refresh();
    if (this.selectedEvent === event) this.show(event);
  }

  /** Moves the map once it has arrived where it glides to: until then Leaflet loses every other move. The last wins. */
  move(move) {
    if (this.isGliding) this.nextMove = move;
    else move();
  }

  /** Takes the map to a point and a zoom. A jump has arrived by the time `setView` returns, a glide has only begun. */
  glide(middle, zoom) {
    this.map.setView(middle, zoom, { animate: !calm.matches });
    this.isGliding = this.map.getZoom() !== zoom;
  }

  /** Shows all events of the list: the shorter way round the world, clear of the panel. */
  fit() {
    const bounds = boundsOf(this.order.filter((event) => event.located));
    const { right, bottom } = this.eventLayer.covered();
    const room = { paddingTopLeft: [48, 48], paddingBottomRight: [48 + right, 48 + bottom], maxZoom: FIT_ZOOM };
    if (bounds) this.map.fitBounds(bounds, { ...room, animate: false });
    else this.map.setView([20, 0], 2, { animate: false });
  }

  /** Shows the evidence of an event. From the list the map comes closer; from the map it stays where the reader is. */
  open(event, { closer = true } = {}) {
    if (!this.eventPanel.isOpen) this.opener = document.activeElement;
    this.show(event);
    this.list.mark(event);
    this.eventLayer.select(event);
    const least = closer ? NEAR_ZOOM[narrow.matches ? "narrow" : "wide"] : 0;
    if (event.located) this.move(() => this.bringIntoView(event, least));
  }

  /** Fills the panel with an event. */
  show(event) {
    this.selectedEvent = event;
    this.picked = null;
    const others = event.located
      ? this.order.filter((other) => other !== event && other.lon === event.lon && other.lat === event.lat)
      : [];
    this.eventPanel.showEvent(event, others, this.position());
    this.save();
  }

  /** "3 of 40": where the open event is in the list as it stands. */
  position() {
    const index = this.order.indexOf(this.selectedEvent);
    return index < 0 ? say("not_listed") : say("shown_of", index + 1, this.order.length);
  }

  close() {
    const event = this.selectedEvent;
    this.selectedEvent = this.picked = null;
    this.eventPanel.hide();
    this.save();
    this.list.mark(null);
    this.eventLayer.select(null);
    const back = (event && this.list.itemOf(event)) || this.opener;
    if (back?.isConnected) back.focus({ preventScroll: true });
  }

  step(by) {
    const index = this.order.indexOf(this.selectedEvent);
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
    const panel = this.eventPanel.root.getBoundingClientRect();
    if (narrow.matches) return { right: 0, bottom: Math.max(0, map.bottom - panel.top) };
    return { right: Math.max(0, map.right - panel.left), bottom: 0 };
  }

  isClear(event, padding) {
    const size = this.map.getSize();
    const { x, y } = inView(viewOf(this.map), worldX(event.lon), worldY(event.lat));
    return x > 24 && y > 24 && x < size.x - padding.right - 24 && y < size.y - padding.bottom - 24;
  }

  click({ containerPoint, originalEvent, latlng }) {
    this.hover(null);
    const correcting = this.eventPanel.root.querySelector(".correct[open]");
    if (correcting && this.picked) return void this.picked(latlng.wrap());
    const made = this.eventLayer.at(containerPoint, originalEvent.pointerType === "touch" ? 14 : 5);
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
    if (!this.eventPanel.isOpen) this.opener = document.activeElement;
    this.selectedEvent = this.picked = null;
    this.list.mark(null);
    this.eventLayer.select(null);
    this.eventPanel.showStack([...made.events].sort((a, b) => a.index - b.index));
    this.move(() => this.bringIntoView(made.points[0].events[0], 0));
  }

  /** The name of what is under the pointer. */
  hover(point) {
    const tip = byId("tip");
    const made = point && this.eventLayer.at(point, 3);
    this.map.getContainer().classList.toggle("pointing", Boolean(made));
    tip.hidden = !made;
    this.eventLayer.hover(made?.size === 1 ? made.events[0] : null);
    if (!made) return;
    const [event] = made.events;
    const line =
      made.size === 1
        ? headline(event)
        : [say("events", made.size), ...(made.points.length === 1 && event.place ? [" – ", ...whereInWords(event)] : [])];
    tip.replaceChildren(...line);
    tip.style.left = `${Math.min(point.x + 14, this.map.getSize().x - tip.offsetWidth - 4)}px`;
    tip.style.top = `${point.y + 14}px`;
  }

  press(press, field) {
    if (press.ctrlKey || press.metaKey || press.altKey) return;
    const typing = press.target.closest?.("input:not([type=checkbox]), select");
    if (press.key === "/" && !typing) {
      press.preventDefault();
      field.focus();
      field.select();
    } else if (press.key === "Escape") this.escape(typing, field);
    else if (this.selectedEvent && !typing && !press.target.closest?.(".leaflet-container")) {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[press.key];
      if (by) this.step(by);
    }
  }

  /** Esc closes the panel; in the search field it clears the search first. */
  escape(typing, field) {
    if (typing === field && field.value) {
      field.value = this.query = "";
      this.refresh();
    } else if (this.eventPanel.isOpen) this.close();
  }

  /** Hands the events that are shown to the reader as a file. */
  download() {
    const collection = { ...this.collection, features: this.order.map((event) => event.feature) };
    handOver("events.geojson", "application/geo+json", JSON.stringify(collection));
  }

  async takePicture() {
    const text = (id) => byId(id).textContent;
    const shown = this.style.groups.filter((_, index) => this.order.some((event) => event.group === index));
    const lines = [`${text("title")} · ${text("status")}`, text("credit")];
    handOver("events.png", "image/png", await pictureOf(this.map.getContainer(), shown, lines));
  }
}

/** What an address calls an event: its id, or its number where that is none or too long. */
function nameOf({ feature, order }) {
  const id = String(feature.id ?? "");
  return id && id.length < 100 ? id : String(order);
}

/** A button under the zoom buttons that shows all events of the list again. */
const FitControl = L.Control.extend({
  options: { position: "topleft" },

  initialize(fit) {
    this.fit = fit;
  },

  onAdd() {
    const link = make("a", { href: "#", role: "button", title: say("fit"), "aria-label": say("fit") }, say("fit_short"));
    on(link, "click", (click) => {
      click.preventDefault();
      this.fit();
    });
    const bar = make("div", { class: "leaflet-bar fit" }, link);
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
  const [words, style, ground, collection] = await Promise.all(["words", "style", "ground", "events"].map(readBlock));
  readWords(words);
  window.map_events.whenReady(() => new Page(window.map_events, style, unpack(collection), ground).start());
  document.documentElement.dataset.ready = "true";
}

main().catch((error) => {
  byId("status").textContent = WORDS.too_old || "!";
  throw error;
});
