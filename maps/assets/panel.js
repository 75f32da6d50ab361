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

/** The facts of an event as a definition list. */
function factsOf(event) {
  const p = event.props;
  return make(
    "dl",
    { class: "facts" },
    ...fact("What", event.label, ...modesOf(event)),
    ...fact("Who", ...quoteAll(p.actors)),
    ...fact("To whom", ...quoteAll(p.recipients)),
    ...fact("When", ...whenOf(event)),
    ...fact("Casualties", casualtiesInWords(p).join("; ")),
    ...fact("According to", p.attribution ? quote(p.attribution) : null),
    ...fact("Where", ...whereOf(p)),
    ...fact("How precisely", precisionOf(p)),
    ...fact("How sure", ...surenessOf(p)),
    ...fact("Why there", reasonOf(event)),
    ...fact("Or else", ...alternativesOf(p)),
  );
}

function modesOf({ label, props: p }) {
  const also = [p.acled_sub_event_type, ...(p.contexts || [])]
    .filter((name) => name && name !== label)
    .map((text) => quote(text.replaceAll("_", " ")));
  const pieces = also.length ? [make("small", {}, " · ", ...join(also, ", "))] : [];
  const modality = MODALITIES.get(p.modality);
  return modality ? [...pieces, make("strong", { class: "modality" }, ` (${modality})`)] : pieces;
}

function whenOf({ props: p, article }) {
  const dates = datesInWords(p);
  const precision = TIME_PRECISION.get(p.time_precision);
  const published = p.published || article?.published;
  const unknown = published ? "not known" : "not known: the day of publication, to count from, is missing (--published)";
  const pieces = [dates ? quote(dates) : p.date_text ? unknown : null];
  if (dates && precision) pieces.push(`, known ${precision}`);
  if (p.date_text) pieces.push(make("small", {}, " · written ", quote(`“${p.date_text}”`)));
  return pieces;
}

function whereOf(p) {
  if (!p.place_name && !p.place_text) return [];
  const pieces = [p.place_name || p.place_text, p.admin1, p.country_code ? countryInWords(p.country_code) : null];
  const line = quoteAll(pieces.filter((piece, index) => piece && pieces.indexOf(piece) === index));
  if (p.place_relation) line.unshift(quote(p.place_relation), " ");
  if (p.place_text && p.place_text !== p.place_name)
    line.push(make("small", {}, " · written ", quote(`“${p.place_text}”`)));
  return line;
}

function precisionOf(p) {
  const radius = p.coordinate_uncertainty_m;
  const within = radius ? `${radiusInWords(radius)} of the point, if this is the place that was meant` : null;
  return [precisionInWords(p), within].filter(Boolean).join("; ");
}

function surenessOf(p) {
  const known = (value) => value !== null && value !== undefined;
  const parts = [];
  if (p.corrected) parts.push("Place: corrected by hand");
  else if (known(p.place_confidence)) parts.push(`Place: ${chanceInWords(p.place_confidence)}`);
  if (known(p.event_confidence)) parts.push(`Event: ${chanceInWords(p.event_confidence)}`);
  return join(parts, make("br"));
}

function reasonOf(event) {
  const reason = event.props.place_reason || mentionOf(event)?.reason;
  return reason ? quote(reason) : null;
}

function alternativesOf(p) {
  const likely = (p.place_alternatives || []).filter(({ confidence }) => !(confidence < LEAST_CHANCE));
  const list = likely.map((other) => {
    const chance = typeof other.confidence === "number" ? ` (${Math.round(other.confidence * 100)} %)` : "";
    const at =
      typeof other.lat === "number" && typeof other.lon === "number"
        ? make("small", {}, ` ${other.lat.toFixed(2)}, ${other.lon.toFixed(2)}`)
        : null;
    return make("li", {}, quote(other.name ?? other.id ?? "unnamed"), chance, at);
  });
  return list.length ? [make("ul", {}, ...list)] : [];
}

/** A mark of offsets of a document, moved to a text that starts at `from` in it. */
function markOf(start, end, name, from, toUnit, title = null) {
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < from) return [];
  return [{ start: toUnit(start - from), end: toUnit(end - from), name, title }];
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
    : make("p", {}, "The sentence is not in this file.");
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
  return [sentence, make("h3", { class: "label" }, "The place is from"), quoteMarked(event, passage.trimEnd(), from)];
}

/** The article with its places, and the words that make it this and other events. */
function articleOf(event, events) {
  const { article } = event;
  if (!article?.text) return null;
  const toUnit = offsets(article.text);
  const mark = (start, end, name, title) => markOf(start, end, name, 0, toUnit, title);
  const marks = [
    ...mark(event.props.sentence_start, event.props.sentence_end, "sentence"),
    ...mark(event.props.trigger_start, event.props.trigger_end, "trigger"),
    ...events
      .filter((other) => other.article === article && other !== event)
      .flatMap((other) => mark(other.props.trigger_start, other.props.trigger_end, "other-trigger")),
    ...article.places.flatMap((place) => {
      const placed = (place.kind ?? "place") === "place";
      return mark(place.start, place.end, placed ? "place" : "name", place.reason);
    }),
  ];
  return make(
    "details",
    { class: "article", open: true },
    make("summary", {}, "The article"),
    article.title ? quote(article.title, "h3") : null,
    make(
      "p",
      { class: "key" },
      make("mark", { class: "place" }, "place"),
      " ",
      make("mark", { class: "trigger" }, "this event"),
      " ",
      make("mark", { class: "other-trigger" }, "another event"),
      " ",
      make("mark", { class: "name" }, "name that places nothing"),
    ),
    make("div", { class: "text", dir: "auto" }, ...marked(article.text, marks)),
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
    parts.length ? "Read in: " : null,
    ...join(parts, " · "),
    parts.length && address ? make("br") : null,
    address ? sourceLink(address) : null,
  );
}

/**
 * The sentences that a merged event was read from; a few lie open, for the place or the toll may be theirs. Each telling's
 * figures stand at its first sentence, whichever gives them: where there is one telling, the facts above have said them.
 */
function reportsOf(event) {
  const { props: p } = event;
  const all = p.reports || [];
  const retold = all.some((report, index) => index && figuresOf(report));
  const isOwn = (report) => report.document_id === p.document_id && report.sentence === p.sentence;
  const reports = retold ? all : all.filter((report) => !isOwn(report));
  if (all.length < 2 || !reports.length) return null;
  const rows = reports.slice(0, REPORTS_SHOWN).map((report) => {
    const by = [report.source, report.document_title || report.document_id, report.attribution]
      .filter(Boolean)
      .map((part) => quote(part));
    const figures = figuresOf(report);
    const here = report.document_id === p.document_id && Number.isInteger(report.sentence_start);
    return make(
      "li",
      {},
      make("span", { class: "byline" }, ...join(by, " · ")),
      retold && figures ? make("strong", {}, figures) : null,
      report.sentence ? quoteMarked(event, report.sentence, here ? report.sentence_start : Infinity) : null,
    );
  });
  return make(
    "details",
    { class: "reports", open: reports.length <= REPORTS_OPEN },
    make("summary", {}, `Told in ${plural(reports.length, retold ? "sentence" : "more sentence")}`),
    make("ol", {}, ...rows),
  );
}

/** "9 killed; 800 to 1,100 injured": the figures that one telling gives, or nothing. */
function figuresOf(report) {
  const figures = Object.entries(report.figures || {}).flatMap(([count, bounds]) => {
    const isNumber = (bound) => (typeof bounds?.[bound] === "number" ? [[`${count}_${bound}`, bounds[bound]]] : []);
    return ["low", "best", "high"].flatMap(isNumber);
  });
  return casualtiesInWords(Object.fromEntries(figures)).join("; ");
}

class Panel {
  constructor({ groups, events, open, step, close }) {
    Object.assign(this, { groups, events, open, step, close });
    this.root = document.getElementById("panel");
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
      factsOf(event),
      make("h3", { class: "label" }, "Evidence"),
      ...evidenceOf(event),
      sourceOf(event),
      reportsOf(event),
      this.othersHere(others),
      articleOf(event, this.events),
    );
  }

  /** Shows the events of a cluster to choose from. */
  showStack(events) {
    const places = new Set(events.map((event) => event.place).filter(Boolean));
    const [name] = places;
    const where = places.size === 1 ? [" – ", quote(name)] : [];
    const title = make(
      "h2",
      { tabindex: "-1", class: "panel-title" },
      make("span", {}, plural(events.length, "event"), ...where),
    );
    this.fill(title, null, this.listOf(events));
  }

  othersHere(others) {
    if (!others.length) return null;
    return make(
      "details",
      { class: "others" },
      make("summary", {}, `${plural(others.length, "more event")} at this point`),
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
          `and ${number.format(events.length - OTHERS_SHOWN)} more: filter or search to see them`,
        ),
      );
    return make("ol", { class: "stack" }, ...rows);
  }

  fill(title, position, ...content) {
    const button = (label, text, action) =>
      make("button", { type: "button", "aria-label": label, title: label, onclick: action }, text);
    const steps = position
      ? [
          button("Previous event (left arrow)", "←", () => this.step(-1)),
          make("span", { class: "position" }, position),
          button("Next event (right arrow)", "→", () => this.step(1)),
        ]
      : [];
    this.root.replaceChildren(
      make(
        "div",
        { class: "bar" },
        ...steps,
        make("span", { class: "gap" }),
        button("Close (Esc)", "Close ✕", this.close),
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
    this.root.hidden = true;
    this.root.replaceChildren();
  }
}
