// The filters: what events can be told apart by, and how many each choice would leave.

const CHOICES_SHOWN = 100;
const TOLLS = ["100", "10", "1", "0", "hurt", "none"];

/** The band of an event's toll, as the table of words names it. */
function tollBand({ props: p }) {
  const killed = tollOf(p, "fatalities");
  if (killed >= 0) return TOLLS.find((least) => killed >= Number(least));
  return Object.keys(WORDS.counts).some((count) => tollOf(p, count) > 0) ? "hurt" : "none";
}

function chanceBand(chance) {
  return typeof chance === "number" ? String(bandOf(chance)) : "";
}

/** A facet: the keys that an event has, the words for a key, and the order of keys where it is not by number of events. */
function facetsOf(style) {
  const bands = (name) => ({
    keys: ({ props }) => [chanceBand(props[name])],
    name: (key) => WORDS.chance[key][1],
    order: [...WORDS.chance.keys(), ""].map(String),
  });
  return new Map([
    ["group", { keys: (event) => [style.groups[event.group].id] }],
    ["kind", { keys: (event) => [event.label] }],
    ["source", { keys: sourcesOf }],
    ["country", { keys: ({ props }) => [props.country_code || ""], name: countryInWords }],
    [
      "precision",
      {
        keys: ({ located, props }) => [located ? word("where_prec", props.where_prec) ? String(props.where_prec) : "" : "off"],
        name: (key) => word("where_prec", key) || say("precision_off"),
        order: [...Object.keys(WORDS.where_prec), "off", ""],
      },
    ],
    ["sure", bands("event_confidence")],
    ["placed", bands("place_confidence")],
    ["toll", { keys: (event) => [tollBand(event)], name: (key) => WORDS.toll[key], order: TOLLS }],
  ]);
}

/** One facet with the code of each event's keys, and the keys that the reader chose. Of groups, those not chosen. */
class Facet {
  constructor(id, { keys, name = (key) => key, order = null }, events) {
    this.id = id;
    this.hides = id === "group";
    this.name = (key) => (key === "" ? say("unknown") : name(key));
    this.chosen = new Set();
    const codes = new Map();
    const codeOf = (key) => {
      if (!codes.has(key)) codes.set(key, codes.size);
      return codes.get(key);
    };
    this.codes = new Int32Array(events.length);
    /** Further codes of the events that have several, by index. */
    this.more = new Map();
    const totals = [];
    events.forEach((event, index) => {
      const own = keys(event);
      const [first, ...more] = (own.length ? own : [""]).map(codeOf);
      this.codes[index] = first;
      if (more.length) this.more.set(index, more);
      for (const code of [first, ...more]) totals[code] = (totals[code] || 0) + 1;
    });
    this.codeOf = codes;
    const rank = (key) => (order ? order.indexOf(key) : -totals[codes.get(key)]);
    this.keys = [...codes.keys()].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  }

  /** Gets ready for `passes`. */
  begin() {
    this.counts = new Int32Array(this.codeOf.size);
    this.allowed = new Uint8Array(this.codeOf.size);
    this.keys.forEach((key) => {
      this.allowed[this.codeOf.get(key)] = this.hides ? !this.chosen.has(key) : !this.chosen.size || this.chosen.has(key);
    });
  }

  passes(index) {
    if (this.allowed[this.codes[index]]) return true;
    return this.more.size ? Boolean(this.more.get(index)?.some((code) => this.allowed[code])) : false;
  }

  count(index) {
    this.counts[this.codes[index]] += 1;
    if (this.more.size) for (const code of this.more.get(index) || []) this.counts[code] += 1;
  }
}

class Filters {
  constructor(style, events, changed) {
    this.events = events;
    this.changed = changed;
    this.facets = [...facetsOf(style)].map(([id, facet]) => new Facet(id, facet, events));
    this.rows = [];
    const [groups, ...others] = this.facets;
    const fieldset = byId("groups");
    style.groups.forEach((group) => {
      if (groups.codeOf.has(group.id)) fieldset.append(this.choice(groups, group.id, "group", symbolElement(group), group.label));
    });
    const root = byId("facets");
    this.clearer = button(say("clear"), () => this.clearAll());
    root.append(...others.filter((facet) => facet.keys.length > 1).map((facet) => this.drawer(facet)), this.clearer);
  }

  /** A facet's choices in a drawer, made when it is first opened: there may be thousands of sources. */
  drawer(facet) {
    facet.said = make("span", { class: "chosen" });
    const list = make("div", { class: "choices", role: "group", "aria-label": WORDS.facets[facet.id] });
    const drawer = make("details", { class: "facet", "data-facet": facet.id }, make("summary", {}, WORDS.facets[facet.id], facet.said), list);
    on(drawer, "toggle", () => {
      if (!drawer.open || list.firstChild) return;
      list.append(...facet.keys.slice(0, CHOICES_SHOWN).map((key) => this.choice(facet, key, "choice", null, facet.name(key))));
      if (facet.keys.length > CHOICES_SHOWN) list.append(make("p", {}, say("and_more_search", facet.keys.length - CHOICES_SHOWN)));
      this.tell();
    });
    return drawer;
  }

  choice(facet, key, name, symbol, label) {
    const box = make("input", { type: "checkbox", value: key });
    const count = make("span", { class: "count" });
    on(box, "change", () => {
      if (box.checked === facet.hides) facet.chosen.delete(key);
      else facet.chosen.add(key);
      this.changed();
    });
    this.rows.push({ facet, key, box, count });
    box.checked = facet.hides !== facet.chosen.has(key);
    return make("label", { class: name }, box, symbol, quote(label, "span", "group-name"), count);
  }

  /**
   * The events that pass the search, the time and all facets; and those that all but the time let pass. Each facet's
   * counts are of what the others leave.
   */
  apply(found, time) {
    for (const facet of this.facets) facet.begin();
    const [visible, anytime] = [[], []];
    this.events.forEach((event, index) => {
      if (found && !found[index]) return;
      const inTime = time.passes(event);
      let stop = inTime ? null : time;
      for (const facet of this.facets) {
        if (facet.passes(index)) continue;
        if (stop) return;
        stop = facet;
      }
      if (!stop) {
        visible.push(event);
        for (const facet of this.facets) facet.count(index);
      } else if (stop !== time) stop.count(index);
      if (!stop || stop === time) anytime.push(event);
    });
    this.tell();
    return { visible, anytime };
  }

  /** Writes the counts beside the choices. */
  tell() {
    for (const { facet, key, box, count } of this.rows) {
      if (facet.counts) count.textContent = number.format(facet.counts[facet.codeOf.get(key)]);
      box.checked = facet.hides !== facet.chosen.has(key);
    }
    for (const { said, chosen } of this.facets) if (said) said.textContent = chosen.size ? say("chosen", chosen.size) : "";
    this.clearer.hidden = !this.facets.some(({ chosen }) => chosen.size);
  }

  clear() {
    for (const { chosen } of this.facets) chosen.clear();
  }

  clearAll() {
    this.clear();
    this.changed();
  }

  /** The choices as parameters of the page's address, and back. */
  save(params) {
    for (const { id, keys, chosen } of this.facets) for (const key of keys) if (chosen.has(key)) params.append(id, key);
  }

  load(params) {
    for (const facet of this.facets) facet.chosen = new Set(params.getAll(facet.id).filter((key) => facet.codeOf.has(key)));
  }
}
