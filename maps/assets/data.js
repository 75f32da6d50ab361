// The page's data: blocks of JSON, and what the page needs to know of each event.

/** The JSON of a block, or null if the page has none of that name. */
async function readBlock(name) {
  const block = byId(`data-${name}`);
  if (!block) return null;
  if (block.dataset.encoding !== "deflate") return JSON.parse(block.textContent);
  const letters = atob(block.textContent);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

/** A collection that came by columns, with features as others have them but for the properties that are null. */
function unpack(collection) {
  const { count, ids, lons, lats, nulls, columns, ...others } = collection;
  if (!columns) return collection;
  const features = Array.from({ length: count }, (_, index) => ({
    type: "Feature",
    id: ids[index],
    geometry: lons[index] === null ? null : { type: "Point", coordinates: [lons[index], lats[index]] },
    properties: Object.create(null),
  }));
  for (const [name, column] of Object.entries(columns)) {
    const [values, indices] = column.plain ? [column.plain] : column;
    features.forEach(({ properties }, index) => (properties[name] = values[indices ? indices[index] : index]));
  }
  return { ...others, features };
}

/** Finds what an event is called, and its group. Maps, so that "__proto__" is just a name. */
function readKinds(style) {
  const groups = new Map(style.groups.map((group, index) => [group.id, index]));
  const kinds = (rows) =>
    new Map(rows.map((row) => [row.slice(0, -2).join(" "), { label: row.at(-2), group: groups.get(row.at(-1)) }]));
  const [types, modes, acled] = [kinds(style.types), kinds(style.modes), kinds(style.acled)];
  return ({ event_type: type, event_mode: mode, acled_sub_event_type: sub }) =>
    acled.get(sub) ||
    modes.get(`${type} ${String(mode).replaceAll("_", "-")}`) ||
    types.get(type) || { label: type ? say("event_of_type", type) : say("event"), group: style.groups.length - 1 };
}

/** The articles that were read, by id. */
function readArticles(collection) {
  return new Map(articlesOf(collection).map((article) => [article.id, { ...article, places: article.places || [] }]));
}

/** What the collection says of the documents that were read. */
function articlesOf(collection) {
  return collection.geoevents?.documents || [];
}

/** The events of a collection, newest first, the undated last: the order they are listed in unless told otherwise. */
function readEvents(collection, style) {
  const kindOf = readKinds(style);
  const articles = readArticles(collection);
  const events = collection.features.map((feature, order) => readEvent(feature, order, kindOf, articles));
  events.sort((a, b) => compareDates(b.date, a.date) || a.order - b.order);
  events.forEach((event, index) => (event.index = index));
  return events;
}

function readEvent(feature, order, kindOf, articles) {
  const props = feature.properties || {};
  const kind = kindOf(props);
  const [lon, lat] = feature.geometry ? feature.geometry.coordinates : [null, null];
  return {
    feature,
    order,
    props,
    lon,
    lat,
    located: lon !== null,
    // Its point is a country's middle, where nothing was reported.
    country: lon !== null && props.where_prec === 6,
    group: kind.group,
    // Points of other tools have a title and no type.
    label: props.event_type ? kind.label : props.document_title || kind.label,
    place: nameAsRead(props),
    date: props.date_start || props.date_end || null,
    first: dayOf(props.date_start || props.date_end),
    last: dayOf(props.date_end || props.date_start),
    article: articles.get(props.document_id) || null,
    // A point that stands for an area, or for the surroundings of a place, is drawn hollow.
    hollow: (props.where_prec ?? 1) > 1 || (props.geo_precision ?? 1) > 1,
  };
}

/** The name as the article spells it, which readers know ("Hama", not "Ḩamāh"); the gazetteer's for one in capitals. */
function nameAsRead(props) {
  const written = props.place_text || null;
  const shouted = written && written.length > 3 && written === written.toUpperCase();
  return (shouted ? null : written) || props.place_name || written;
}

/** The number to order by: the best figure, else a bound; -1 where the text gives none. */
function tollOf(props, count) {
  const bounds = ["best", "low", "high"].map((bound) => props[`${count}_${bound}`]);
  return bounds.find((bound) => typeof bound === "number") ?? -1;
}

/** The orders that the list can be put in, as the table of words names them. Ties are newest first. */
const ORDERS = [
  () => 0,
  (a, b) => (a.date === null) - (b.date === null) || compareDates(a.date, b.date),
  (a, b) => compareTolls(a.props, b.props),
  (a, b) => (b.props.place_confidence ?? -1) - (a.props.place_confidence ?? -1),
  (a, b) => (a.props.place_confidence ?? 2) - (b.props.place_confidence ?? 2),
];

/** Events in the order of that number; they come newest first. */
function inOrder(events, number) {
  if (!number) return events;
  const compare = ORDERS[number];
  return [...events].sort((a, b) => compare(a, b) || a.index - b.index);
}

function compareTolls(a, b) {
  const [killed, injured] = ["fatalities", "injured"].map((count) => tollOf(b, count) - tollOf(a, count));
  return killed || injured;
}

function compareDates(a, b) {
  if (a === b) return 0;
  if (a === null) return -1;
  return b === null || a > b ? 1 : -1;
}

/** The mention that puts an event where it is, or null. */
function mentionOf(event) {
  const { place_start: start, place_end: end } = event.props;
  return event.article?.places.find((place) => place.start === start && place.end === end) || null;
}

/** Days from 1970 of "2017-03-30", or null. */
function dayOf(iso) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)/.exec(iso || "");
  return parts && Date.UTC(parts[1], parts[2] - 1, parts[3]) / 864e5;
}

/** The outlets that report an event, in the order of its reports, those that reprint it with them. */
function sourcesOf({ props: p }) {
  if (!p.reports?.length) return p.source ? [p.source] : [];
  const told = (p.reports || []).flatMap((report) => [report, ...(report.reprints || [])]);
  return [...new Set([p, ...told].map((report) => report.source).filter(Boolean))];
}

/** Names that were read but could not be placed, each once, with the title of a document that has it. */
function unplacedNames(collection) {
  const found = new Map();
  for (const article of articlesOf(collection)) {
    for (const place of article.places || []) {
      const unplaced = (place.kind ?? "place") === "place" && (place.lon ?? null) === null;
      if (unplaced && place.text && !found.has(place.text)) found.set(place.text, article.title || article.id || "");
    }
  }
  return [...found].map(([name, where]) => ({ name, where }));
}
