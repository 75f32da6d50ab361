// The column beside the map: filters that are the legend too, the list of events, and what is not on the map.

const PAGE_LENGTH = 200;
const SNIPPET_LENGTH = 220;
const NAMES_SHOWN = 200;

/** "Air strike – Hama": what and where, as nodes. */
function headline(event) {
  const where = event.place ? quote(event.place) : "place unknown";
  return [make("span", { class: "what" }, event.label), " – ", where];
}

/** "9 killed · 30 March 2017 · SANA", as nodes. */
function byline(event) {
  const { date_text: written } = event.props;
  const date = datesInWords(event.props);
  const toll = casualtiesInWords(event.props).join(", ");
  const parts = toll ? [make("strong", {}, toll)] : [];
  if (date) parts.push(quote(date));
  else parts.push(written ? make("span", {}, "no date, written ", quote(`“${written}”`)) : "no date");
  if (event.props.source) parts.push(quote(event.props.source));
  return join(parts, " · ");
}

function listItem(event, groups, open) {
  const text = make(
    "span",
    { class: "item-text" },
    make("span", { class: "headline" }, ...headline(event)),
    make("span", { class: "byline" }, ...byline(event)),
    event.props.sentence ? quote(shorten(event.props.sentence, SNIPPET_LENGTH), "span", "snippet") : null,
  );
  const symbol = symbolElement(groups[event.group], { hollow: event.hollow });
  return make(
    "li",
    {},
    make(
      "button",
      { type: "button", class: "item", "data-index": event.index, onclick: () => open(event) },
      symbol,
      text,
    ),
  );
}

/** The filters: a box for each group that has events, with its symbol and its count. Calls back with the hidden groups. */
class Filters {
  constructor(root, groups, events, changed) {
    this.hidden = new Set();
    this.boxes = [];
    this.counts = new Map();
    const present = new Set(events.map((event) => event.group));
    groups.forEach((group, index) => {
      if (!present.has(index)) return;
      const box = make("input", {
        type: "checkbox",
        checked: true,
        onchange: () => this.toggle(index, box.checked, changed),
      });
      this.boxes.push(box);
      const count = make("span", { class: "count" });
      this.counts.set(index, count);
      root.append(
        make(
          "label",
          { class: "group" },
          box,
          symbolElement(group),
          make("span", { class: "group-name" }, group.label),
          count,
        ),
      );
    });
  }

  toggle(index, shown, changed) {
    if (shown) this.hidden.delete(index);
    else this.hidden.add(index);
    changed();
  }

  /** Ticks all boxes again. */
  clear() {
    this.hidden.clear();
    for (const box of this.boxes) box.checked = true;
  }

  /** Shows how many of `events` are of each group. */
  count(events) {
    const found = new Map();
    for (const event of events) found.set(event.group, (found.get(event.group) || 0) + 1);
    for (const [index, element] of this.counts) element.textContent = number.format(found.get(index) || 0);
  }
}

/** The list of events on the map; long ones come a page at a time. */
class EventList {
  constructor(groups, open) {
    this.groups = groups;
    this.open = open;
    this.root = document.getElementById("list");
    this.more = document.getElementById("more");
    this.more.addEventListener("click", () => this.extend());
    this.root.addEventListener("keydown", (press) => this.walk(press));
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
    this.more.textContent = `Show more (${number.format(this.events.length - this.shown)} left)`;
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
  const root = document.getElementById("unlocated");
  root.hidden = !events.length && !names.length;
  root.replaceChildren(make("h2", { id: "unlocated-title" }, "Not on the map"));
  if (events.length) {
    root.append(
      make("p", {}, `${plural(events.length, "event")} whose place the text does not say, or no gazetteer knows.`),
      make("ol", {}, ...events.slice(0, PAGE_LENGTH).map((event) => listItem(event, groups, open))),
    );
    if (events.length > PAGE_LENGTH)
      root.append(make("p", {}, `and ${number.format(events.length - PAGE_LENGTH)} more: search to find them`));
  }
  if (names.length) root.append(unplacedList(names));
}

function unplacedList(names) {
  const rows = names
    .slice(0, NAMES_SHOWN)
    .map(({ name, where }) => make("li", {}, quote(name), where ? make("small", {}, " in ", quote(where)) : null));
  if (names.length > NAMES_SHOWN) rows.push(make("li", {}, `and ${number.format(names.length - NAMES_SHOWN)} more`));
  return make(
    "details",
    {},
    make("summary", {}, `${plural(names.length, "place name")} without a position`),
    make("ul", {}, ...rows),
  );
}

/** What the program had to say about the texts: those it could not read, and limits it ran into. */
function showRemarks(collection) {
  const rows = articlesOf(collection).flatMap(({ id, title, error, notes }) =>
    [error, ...(notes || [])]
      .filter(Boolean)
      .map((remark) => make("li", {}, quote(title || id || "a text"), ": ", quote(remark))),
  );
  const root = document.getElementById("remarks");
  root.hidden = !rows.length;
  if (rows.length)
    root.append(
      make(
        "details",
        {},
        make("summary", {}, plural(rows.length, "remark") + " on the texts"),
        make("ul", {}, ...rows.slice(0, PAGE_LENGTH)),
      ),
    );
}

/** How to read the symbols, in words. */
function fillLegend(root, groups) {
  const row = (symbol, words) => make("p", { class: "legend-row" }, symbol, make("span", {}, words));
  const example = groups[0];
  root.append(
    row(symbolElement(example), "Filled: at the named place itself."),
    row(
      symbolElement(example, { hollow: true }),
      "Hollow: the point stands for an area, or for the surroundings of a place.",
    ),
    row(
      make("span", { class: "sign ring" }, "3"),
      "Ring: several events, by kind. Click to list them or to come closer.",
    ),
    row(
      make("span", { class: "sign circle" }),
      "Dashed circle: how far the named place reaches. It does not cover the chance that another place was meant.",
    ),
    make(
      "p",
      {},
      "Place, in percent: how often places so chosen were the right one, or within 161 km of it, in the news articles " +
        "that this was measured on. Event, in percent: how likely the words tell of such an event, and of it there.",
    ),
    make(
      "p",
      {},
      "Events and places were read from texts by a program. The sentence and the source are one click away: check them.",
    ),
  );
}
