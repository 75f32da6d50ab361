// The evidence: everything that is known of one event, and the words it was read from.

const REPORTS_SHOWN = 50;
const OTHERS_SHOWN = 50;
const REPORTS_OPEN = 4;
const LEAST_CHANCE = 0.01;
const PASSAGE_LENGTH = 300;

/** A row of the table of facts, or nothing where nothing is known. */
function fact(name, ...content) {
  const known = content.filter((piece) => piece !== null && piece !== undefined && piece !== "");
  return known.length ? [make("dt", {}, name), make("dd", {}, ...known)] : [];
}

function quoteAll(list) {
  const quoted = (list || []).map((name) => quote(name));
  return join(quoted, ", ");
}

/** The facts of an event as a definition list; `point` shows a place on the map. */
function factsOf(event, point) {
  const p = event.props;
  const sources = sourcesOf(event);
  return make(
    "dl",
    { class: "facts" },
    ...fact(say("what"), event.label, ...modesOf(event)),
    ...fact(say("who"), ...quoteAll(p.actors)),
    ...fact(say("to_whom"), ...quoteAll(p.recipients)),
    ...fact(say("when"), ...whenOf(event)),
    ...fact(say("casualties"), casualtiesInWords(p).join("; ")),
    ...fact(say("figures_differ"), claimsOf(p)),
    ...fact(say("according_to"), p.attribution ? quote(p.attribution) : null),
    ...(sources.length > 1 ? fact(say("told_by"), ...quoteAll(sources)) : []),
    ...fact(say("where"), ...whereOf(p)),
    ...fact(say("how_precisely"), precisionOf(p)),
    ...fact(say("how_sure"), ...surenessOf(p)),
    ...fact(say("why_there"), reasonOf(event, point)),
    ...fact(say("or_else"), ...alternativesOf(p, point)),
  );
}

/** Who gives which figure, where reports disagree. */
function claimsOf(p) {
  const rows = (p.disagreements || []).map((claim) => {
    const verb = word("counts", claim.count) || String(claim.count);
    const figure = countInWords(claim.low, claim.best, claim.high, verb);
    const by = quoteAll(Array.isArray(claim.said_by) ? claim.said_by : []);
    const day = claim.published ? make("small", {}, " · ", quote(dayInWords(String(claim.published)))) : null;
    return figure && make("li", {}, make("strong", {}, quote(figure)), by.length ? " – " : null, ...by, day);
  });
  return rows.some(Boolean) ? make("ul", { class: "claims" }, ...rows) : null;
}

function modesOf({ label, props: p }) {
  const also = [p.acled_sub_event_type, ...(p.contexts || [])]
    .filter((name) => name && name !== label)
    .map((text) => quote(text.replaceAll("_", " ")));
  const pieces = also.length ? [make("small", {}, " · ", ...join(also, ", "))] : [];
  const modality = word("modality", p.modality);
  return modality ? [...pieces, make("strong", { class: "modality" }, ` (${modality})`)] : pieces;
}

function whenOf({ props: p, article }) {
  const dates = datesInWords(p);
  const precision = word("time_precision", p.time_precision);
  const published = p.published || article?.published;
  const unknown = say(published ? "when_unknown" : "when_unpublished");
  const pieces = [dates ? quote(dates) : p.date_text ? unknown : null];
  if (dates && precision) pieces.push(say("known", precision));
  if (p.date_text) pieces.push(writtenAs(p.date_text));
  return pieces;
}

function writtenAs(text) {
  return make("small", {}, ...sayNodes("written", quote(say("cited", text))));
}

function whereOf(p) {
  if (!p.place_name && !p.place_text) return [];
  const pieces = [p.place_name || p.place_text, p.admin1, p.country_code ? countryInWords(p.country_code) : null];
  const line = quoteAll(pieces.filter((piece, index) => piece && pieces.indexOf(piece) === index));
  if (p.place_relation) line.unshift(quote(p.place_relation), " ");
  if (p.place_text && p.place_text !== p.place_name)
    line.push(writtenAs(p.place_text));
  return line;
}

function precisionOf(p) {
  const radius = p.coordinate_uncertainty_m;
  const within = radius ? say("of_the_point", radiusInWords(radius)) : null;
  return [word("where_prec", p.where_prec) || word("geo_precision", p.geo_precision), within].filter(Boolean).join("; ");
}

function surenessOf(p) {
  const parts = [];
  if (p.corrected) parts.push(WORDS.sure.corrected);
  for (const name of ["place_confidence", "type_confidence", "link_confidence", "event_confidence"]) {
    const known = typeof p[name] === "number" && !(p.corrected && name === "place_confidence");
    if (known) parts.push(fill(WORDS.sure[name], [chanceInWords(p[name])]));
  }
  return parts.flatMap((part, index) => (index ? [make("br"), part] : part));
}

/** The reason, which shows where the event was put. */
function reasonOf(event, point) {
  const reason = event.props.place_reason || mentionOf(event)?.reason;
  if (!reason) return null;
  const spot = { lon: event.lon, lat: event.lat, name: event.place, uncertainty_m: event.props.coordinate_uncertainty_m };
  return pointing(quote(reason), spot, point);
}

function likelyAlternatives(p) {
  return (p.place_alternatives || []).filter(({ confidence }) => !(confidence < LEAST_CHANCE));
}

function alternativesOf(p, point) {
  const list = likelyAlternatives(p).map((other) => {
    const chance = typeof other.confidence === "number" ? ` (${Math.round(other.confidence * 100)} %)` : "";
    const at = isPoint(other) ? make("small", {}, ` ${other.lat.toFixed(2)}, ${other.lon.toFixed(2)}`) : null;
    return make("li", {}, pointing(quote(other.name ?? other.id ?? say("unnamed")), other, point), chance, at);
  });
  return list.length ? [make("ul", {}, ...list)] : [];
}

/** A mark of offsets of a document, moved to a text that starts at `from` in it. */
function markOf(start, end, name, from, toUnit, title = null, spot = null) {
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < from) return [];
  return [{ start: toUnit(start - from), end: toUnit(end - from), name, title, spot }];
}

/** A stretch of the event's document from offset `from`, with the words in it that make it this event. */
function quoteMarked({ props: p }, text, from) {
  const toUnit = offsets(text);
  const marks = [
    ...markOf(p.trigger_start, p.trigger_end, "trigger", from, toUnit),
    ...markOf(p.place_start, p.place_end, "place", from, toUnit),
  ];
  return make("blockquote", { class: "evidence", dir: "auto" }, ...marked(text, marks));
}

/** The sentence of the event and, where no telling of it names the place, the passage that does. */
function evidenceOf(event) {
  const { props: p, article } = event;
  const sentence = p.sentence
    ? quoteMarked(event, p.sentence, p.sentence_start ?? 0)
    : make("p", {}, say("no_sentence"));
  const tellings = [p, ...(p.reports || []).filter((report) => report.document_id === p.document_id)];
  const told = tellings.some((telling) => telling.sentence_start <= p.place_start && p.place_end <= telling.sentence_end);
  if (told || !Number.isInteger(p.place_start) || !article?.text) return [sentence];
  const at = offsets(article.text)(p.place_start);
  const before = article.text.slice(Math.max(0, at - PASSAGE_LENGTH), at);
  const after = article.text.slice(at, at + PASSAGE_LENGTH);
  const [gap] = [...before.matchAll(/[.!?]\s+|\n\s*/g)].slice(-1);
  const start = gap ? gap.index + gap[0].length : 0;
  const end = after.search(/[.!?](?:\s|$)|\n/);
  const passage = before.slice(start) + (end < 0 ? after : after.slice(0, end + 1));
  const from = p.place_start - [...before.slice(start)].length;
  return [sentence, make("h3", { class: "label" }, say("place_from")), quoteMarked(event, passage.trimEnd(), from)];
}

/** The article with its places, which show themselves on the map, and the words that make it this and other events. */
function articleOf(event, events, point) {
  const { article } = event;
  if (!article?.text) return null;
  const toUnit = offsets(article.text);
  const mark = (start, end, name, title, spot) => markOf(start, end, name, 0, toUnit, title, spot);
  const marks = [
    ...mark(event.props.sentence_start, event.props.sentence_end, "sentence"),
    ...mark(event.props.trigger_start, event.props.trigger_end, "trigger"),
    ...events
      .filter((other) => other.article === article && other !== event)
      .flatMap((other) => mark(other.props.trigger_start, other.props.trigger_end, "other-trigger")),
    ...article.places.flatMap((place) => {
      const placed = (place.kind ?? "place") === "place";
      return mark(place.start, place.end, placed ? "place" : "name", place.reason, placed ? place : null);
    }),
  ];
  const key = Object.entries(WORDS.key).map(([name, words]) => make("mark", { class: name }, words));
  return make(
    "details",
    { class: "article", open: true },
    make("summary", {}, say("article")),
    article.title ? quote(article.title, "h3") : null,
    make("p", { class: "key" }, ...join(key, " ")),
    make("div", { class: "text", dir: "auto" }, ...marked(article.text, marks, point)),
  );
}

function sourceOf(event) {
  const p = event.props;
  const title = p.document_title || event.article?.title;
  const parts = [title, p.source || event.article?.source].filter(Boolean).map((part) => quote(part));
  const published = p.published || event.article?.published;
  if (published) parts.push(quote(dayInWords(published)));
  const address = p.url || event.article?.url;
  return make(
    "p",
    { class: "source" },
    parts.length ? say("read_in") : null,
    ...join(parts, " · "),
    parts.length && address ? make("br") : null,
    address ? sourceLink(address) : null,
  );
}

/**
 * The reports that a merged event was read from, with reprints of the same words; a few lie open, for the place or the toll
 * may be theirs. Each telling's figures stand at its first sentence, whichever gives them: where there is one telling, the
 * facts above have said them.
 */
function reportsOf(event) {
  const { props: p } = event;
  const all = p.reports || [];
  const retold = all.some((report, index) => (index && figuresOf(report)) || report.document_id !== p.document_id);
  const isOwn = (report) => report.document_id === p.document_id && report.sentence === p.sentence;
  const reports = retold ? all : all.filter((report) => !isOwn(report) || report.reprints?.length);
  if (!reports.length) return null;
  const rows = reports.slice(0, REPORTS_SHOWN).map((report) => {
    const own = report.document_id === p.document_id;
    const by = outletOf(report);
    if (report.attribution) by.push(quote(report.attribution));
    if (report.published && !own) by.push(quote(dayInWords(String(report.published))));
    const figures = figuresOf(report);
    const copies = (Array.isArray(report.reprints) ? report.reprints : []).map((copy) => make("span", {}, ...join(outletOf(copy), ", ")));
    const here = own && Number.isInteger(report.sentence_start);
    return make(
      "li",
      {},
      make("span", { class: "byline" }, ...join(by, " · ")),
      retold && figures ? make("strong", {}, figures) : null,
      report.sentence ? quoteMarked(event, report.sentence, here ? report.sentence_start : Infinity) : null,
      copies.length ? make("p", { class: "copies" }, say("same_words"), ...join(copies, "; ")) : null,
      report.url && !own ? sourceLink(report.url) : null,
    );
  });
  return make(
    "details",
    { class: "reports", open: reports.length <= REPORTS_OPEN },
    make("summary", {}, say(retold ? "told_in" : "told_in_more", reports.length)),
    make("ol", {}, ...rows),
  );
}

/** The outlet and title of a document, as nodes. */
function outletOf(report) {
  return [report.source, report.document_title || report.document_id].filter(Boolean).map((part) => quote(part));
}

/** "9 killed; 800 to 1,100 injured": the figures that one telling gives, or nothing. */
function figuresOf(report) {
  const figures = Object.entries(report.figures || {}).flatMap(([count, bounds]) => {
    const isNumber = (bound) => (typeof bounds?.[bound] === "number" ? [[`${count}_${bound}`, bounds[bound]]] : []);
    return ["low", "best", "high"].flatMap(isNumber);
  });
  return casualtiesInWords(Object.fromEntries(figures)).join("; ");
}

/** What the reader can put right about an event, and how it stands. */
function correctOf(event, corrections, pick) {
  const p = event.props;
  const row = corrections.of(event);
  const set = (made) => corrections.set(event, made);
  const content = [];
  if (row) content.push(make("p", { class: "put-right" }, quote(say("you_said", corrections.inWords(row)))), button(say("undo"), () => set(null)));
  else {
    if (p.trigger) content.push(button(say("not_event"), () => set(corrections.denyEvent(event))));
    if (p.place_text) content.push(...placeChoices(event, corrections, pick, set));
  }
  if (!content.length) return null;
  return make("details", { class: "correct", open: Boolean(row) }, make("summary", {}, say("wrong")), ...content);
}

function placeChoices(event, corrections, pick, set) {
  const p = event.props;
  const others = likelyAlternatives(p).filter(({ id }) => id);
  const field = (key, most) => make("input", { type: "number", step: "any", min: -most, max: most, "aria-label": say(key), placeholder: say(key) });
  const [lat, lon] = [field("latitude", 90), field("longitude", 180)];
  const give = () => {
    const isGiven = [lat, lon].every((input) => input.value && input.checkValidity());
    if (isGiven) set(corrections.place(event, { lon: Number(lon.value), lat: Number(lat.value) }));
  };
  pick((spot) => {
    [lat.value, lon.value] = [spot.lat.toFixed(5), spot.lng.toFixed(5)];
    give();
  });
  return [
    button(say("not_place", p.place_text), () => set(corrections.place(event, null))),
    ...others.map((other) => button(say("it_is", other.name ?? other.id), () => set(corrections.place(event, { place_id: other.id, note: other.name ?? other.id })))),
    make("p", {}, say("pick")),
    make("p", { class: "spot-fields" }, lat, lon, button(say("set"), give)),
  ];
}

class Panel {
  constructor(parts) {
    // groups, events, corrections, and the page's open, step, close, point and pick.
    Object.assign(this, parts);
    this.root = byId("panel");
  }

  get isOpen() {
    return !this.root.hidden;
  }

  /** Shows one event; `others` are at the same point, `position` is its place in the list. */
  showEvent(event, others, position) {
    const group = this.groups[event.group];
    this.fill(
      make(
        "h2",
        { tabindex: "-1", class: "panel-title" },
        symbolElement(group, { hollow: event.hollow, size: 22 }),
        make("span", {}, ...headline(event)),
      ),
      position,
      factsOf(event, this.point),
      make("h3", { class: "label" }, say("evidence")),
      ...evidenceOf(event),
      sourceOf(event),
      reportsOf(event),
      this.othersHere(others),
      articleOf(event, this.events, this.point),
      this.cite(event),
      correctOf(event, this.corrections, this.pick),
    );
  }

  /** Shows the events of a cluster to choose from. */
  showStack(events) {
    const places = new Set(events.map((event) => event.place).filter(Boolean));
    const where = places.size === 1 ? [" – ", ...whereInWords(events[0])] : [];
    const title = make(
      "h2",
      { tabindex: "-1", class: "panel-title" },
      make("span", {}, say("events", events.length), ...where),
    );
    this.fill(title, null, this.listOf(events));
  }

  cite(event) {
    const said = make("span", { role: "status" });
    const copy = async () => {
      await copyText(citationOf(event));
      said.textContent = say("cited_now");
    };
    return make("p", { class: "cite" }, button(say("cite"), copy), " ", said);
  }

  othersHere(others) {
    if (!others.length) return null;
    return make(
      "details",
      { class: "others" },
      make("summary", {}, say("more_here", others.length)),
      this.listOf(others),
    );
  }

  listOf(events) {
    const rows = events.slice(0, OTHERS_SHOWN).map((event) => listItem(event, this.groups, this.open));
    if (events.length > OTHERS_SHOWN)
      rows.push(
        make(
          "li",
          { class: "empty" },
          say("and_more_search", events.length - OTHERS_SHOWN),
        ),
      );
    return make("ol", { class: "stack" }, ...rows);
  }

  fill(title, position, ...content) {
    this.point(null);
    const steps = position
      ? [
          button("←", () => this.step(-1), say("previous")),
          make("span", { class: "position" }, position),
          button("→", () => this.step(1), say("next")),
        ]
      : [];
    this.root.replaceChildren(
      make(
        "div",
        { class: "bar" },
        ...steps,
        make("span", { class: "gap" }),
        button(say("close"), this.close, say("close_label")),
      ),
      make("div", { class: "content" }, title, ...content.filter(Boolean)),
    );
    this.root.hidden = false;
    title.focus({ preventScroll: true });
  }

  /** Says anew where the event is in the list, which has changed. */
  tellPosition(position) {
    const told = this.root.querySelector(".position");
    if (told) told.textContent = position;
  }

  hide() {
    this.point(null);
    this.root.hidden = true;
    this.root.replaceChildren();
  }
}
