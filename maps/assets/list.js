// The column beside the map: filters that are the legend too, the list of events, and what is not on the map.

const PAGE_LENGTH = 100;
const SNIPPET_LENGTH = 220;
const NAMES_SHOWN = 200;

/** "Air strike – Hama": what and where, as nodes. */
function headline(event) {
  return [make("span", { class: "what" }, event.label), " – ", ...whereInWords(event)];
}

/** "Hama", "somewhere in Mali" or "place unknown", as nodes. */
function whereInWords({ place, country }) {
  if (!place) return [say("place_unknown")];
  return country ? sayNodes("somewhere_in", quote(place)) : [quote(place)];
}

/** "9 killed · 30 March 2017 · SANA", as nodes. */
function byline(event) {
  const { date_text: written } = event.props;
  const date = datesInWords(event.props);
  const toll = casualtiesInWords(event.props).join(", ");
  const parts = toll ? [make("strong", {}, toll)] : [];
  if (date) parts.push(quote(date));
  else parts.push(written ? make("span", {}, ...sayNodes("no_date_written", quote(say("cited", written)))) : say("no_date"));
  if (event.props.source) parts.push(quote(event.props.source));
  return join(parts, " · ");
}

function listItem(event, groups, open) {
  const said = event.said ? make("span", { class: "put-right" }, quote(say("you_said", event.said))) : null;
  const text = make(
    "span",
    { class: "item-text" },
    make("span", { class: "headline" }, ...headline(event)),
    make("span", { class: "byline" }, ...byline(event)),
    event.props.sentence ? quote(shorten(event.props.sentence, SNIPPET_LENGTH), "span", "snippet") : null,
    said,
  );
  const symbol = symbolElement(groups[event.group], { hollow: event.hollow });
  const content = make("span", { class: "item-body" }, symbol, text);
  return make("li", {}, button(content, () => open(event), null, { class: "item", "data-index": event.index }));
}

/** The list of events on the map; long ones come a page at a time. */
class EventList {
  constructor(groups, open) {
    this.groups = groups;
    this.open = open;
    this.root = byId("list");
    this.more = byId("more");
    on(this.more, "click", () => this.extend());
    on(this.root, "keydown", (press) => this.walk(press));
  }

  /** Lists events, or where there are none says what `otherwise` says. */
  show(events, otherwise) {
    this.events = events;
    this.shown = 0;
    this.root.replaceChildren();
    if (events.length) this.extend();
    else {
      this.root.append(make("li", { class: "empty" }, ...otherwise()));
      this.more.hidden = true;
    }
  }

  extend(length = PAGE_LENGTH) {
    const next = this.events.slice(this.shown, this.shown + length);
    this.root.append(...next.map((event) => listItem(event, this.groups, this.open)));
    this.shown += next.length;
    this.more.hidden = this.shown >= this.events.length;
    this.more.textContent = say("show_more", this.events.length - this.shown);
  }

  /** Marks the event that is open and brings it into sight. */
  mark(event) {
    for (const item of document.querySelectorAll("#side .item[aria-current]")) item.removeAttribute("aria-current");
    if (!event) return;
    const item = this.itemOf(event);
    item?.setAttribute("aria-current", "true");
    item?.scrollIntoView({ block: "nearest" });
  }

  itemOf(event) {
    return document.querySelector(`#side .item[data-index="${event.index}"]`);
  }

  /** Up and down go from item to item. */
  walk(press) {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[press.key];
    const target = step && press.target.closest("li")?.[step]?.querySelector("button");
    if (!target) return;
    press.preventDefault();
    target.focus();
  }
}

/** Events without a position, and names that no gazetteer placed: a list of their own, not points somewhere. */
function showUnlocated(events, names, groups, open) {
  const root = byId("unlocated");
  root.hidden = !events.length && !names.length;
  root.replaceChildren(make("h2", { id: "unlocated-title" }, say("not_on_map_title")));
  if (events.length) {
    root.append(
      make("p", {}, say("not_on_map_why", events.length)),
      make("ol", {}, ...events.slice(0, PAGE_LENGTH).map((event) => listItem(event, groups, open))),
    );
    if (events.length > PAGE_LENGTH)
      root.append(make("p", {}, say("and_more_search", events.length - PAGE_LENGTH)));
  }
  if (names.length) root.append(unplacedList(names));
}

function unplacedList(names) {
  const rows = names
    .slice(0, NAMES_SHOWN)
    .map(({ name, where }) => make("li", {}, quote(name), where ? make("small", {}, ...sayNodes("in", quote(where))) : null));
  if (names.length > NAMES_SHOWN) rows.push(make("li", {}, say("and_more", names.length - NAMES_SHOWN)));
  return make(
    "details",
    {},
    make("summary", {}, say("names_unplaced", names.length)),
    make("ul", {}, ...rows),
  );
}

/** What the program had to say about the texts: those it could not read, and limits it ran into. */
function showRemarks(collection) {
  const rows = articlesOf(collection).flatMap(({ id, title, error, notes }) =>
    [error, ...(notes || [])]
      .filter(Boolean)
      .map((remark) => make("li", {}, quote(title || id || say("a_text")), ": ", quote(remark))),
  );
  const root = byId("remarks");
  root.hidden = !rows.length;
  if (rows.length)
    root.append(
      make(
        "details",
        {},
        make("summary", {}, say("remarks", rows.length)),
        make("ul", {}, ...rows.slice(0, PAGE_LENGTH)),
      ),
    );
}

/** How to read the symbols, in words. */
function fillLegend(root, groups) {
  const row = (symbol, words) => make("p", { class: "legend-row" }, symbol, make("span", {}, words));
  const example = groups[0];
  const words = WORDS.legend_rows;
  root.append(
    row(symbolElement(example), words.filled),
    row(symbolElement(example, { hollow: true }), words.hollow),
    row(make("span", { class: "sign ring" }, "3"), words.ring),
    row(make("span", { class: "sign plate" }), words.plate),
    row(make("span", { class: "sign circle" }), words.circle),
    ...WORDS.legend_notes.map((note) => make("p", {}, note)),
  );
}
