// Time: how many events there were when, a brush to look at a stretch of it, and a button that moves the brush on.

const BINS = 64;
const BIN_DAYS = [1, 2, 7, 14, 30, 91, 182, 365, 730, 3652, 36525];
const PLAY_MS = 700;
const BARS_HEIGHT = 52;

class Timeline {
  constructor(events, changed) {
    this.changed = changed;
    this.from = this.until = null;
    this.undatedAre = "with";
    this.playTimer = null;
    const dated = events.filter((event) => event.first !== null);
    const [first, last] = extent(dated.flatMap((event) => [event.first, Math.max(event.first, event.last)]));
    this.first = first;
    this.width = BIN_DAYS.find((days) => (last - first) / days < BINS) || last - first;
    this.bins = dated.length ? Math.floor((last - first) / this.width) + 1 : 0;
    this.totals = this.count(dated);
    this.draw(byId("time"), events.length - dated.length);
  }

  count(events) {
    const counts = new Int32Array(this.bins);
    for (const { first } of events) if (first !== null) counts[this.binOf(first)] += 1;
    return counts;
  }

  binOf(day) {
    return Math.floor((day - this.first) / this.width);
  }

  /** Builds the controls; ones that have nothing to do are left out. */
  draw(root, undated) {
    const slider = (key, edge) =>
      make("input", { type: "range", class: edge, min: 0, max: this.bins - 1, "aria-label": say(key), oninput: () => this.slide(edge) });
    this.barCanvas = make("canvas", { "aria-hidden": "true" });
    [this.low, this.high] = [slider("from", "from"), slider("until", "until")];
    this.said = make("p", { class: "said" });
    this.player = button("▶", () => (this.playTimer ? this.pause() : this.play()), say("play"));
    this.all = button(say("all_dates"), () => this.set(null, null));
    const buttons = [button("◀", () => this.step(-1), say("step_back")), this.player, button("▶▏", () => this.step(1), say("step_on")), this.all];
    root.hidden = !this.bins;
    if (this.bins > 1) root.append(this.barCanvas, make("div", { class: "sliders" }, this.low, this.high), make("div", { class: "steps" }, ...buttons));
    if (this.bins) root.append(this.said);
    if (undated && this.bins) {
      const options = Object.entries(WORDS.undated_is).map(([value, text]) => make("option", { value }, text));
      this.choice = make("select", { id: "undated" }, ...options);
      on(this.choice, "change", () => {
        this.undatedAre = this.choice.value;
        this.changed();
      });
      root.append(make("p", { class: "undated" }, make("label", { for: "undated" }, say("undated", undated)), " ", this.choice));
    }
    this.listen();
  }

  listen() {
    let anchor = null;
    const binAt = (x) => Math.max(0, Math.min(this.bins - 1, Math.floor(((x - this.barCanvas.getBoundingClientRect().left) / this.barCanvas.clientWidth) * this.bins)));
    const brush = (move) => {
      if (anchor === null) return;
      const here = binAt(move.clientX);
      this.brush(Math.min(anchor, here), Math.max(anchor, here));
    };
    on(this.barCanvas, "pointerdown", (press) => {
      this.pause();
      anchor = binAt(press.clientX);
      this.barCanvas.setPointerCapture(press.pointerId);
      brush(press);
    });
    on(this.barCanvas, "pointermove", brush);
    on(this.barCanvas, "lostpointercapture", () => (anchor = null));
  }

  /** Whether an event is in the stretch that is looked at. */
  passes({ first, last }) {
    if (first === null) return this.undatedAre !== "without";
    if (this.undatedAre === "only") return false;
    return this.from === null || (first <= this.until && Math.max(first, last) >= this.from);
  }

  /** Looks at the days from `from` until `until`; null for all. */
  set(from, until) {
    if (from === this.from && until === this.until) return;
    [this.from, this.until] = [from, until];
    this.changed();
  }

  /** Looks at bins. */
  brush(low, high) {
    if (low <= 0 && high >= this.bins - 1) this.set(null, null);
    else this.set(this.first + low * this.width, this.first + (high + 1) * this.width - 1);
  }

  get brushed() {
    const inside = (bin) => Math.max(0, Math.min(this.bins - 1, bin));
    return this.from === null ? [0, this.bins - 1] : [inside(this.binOf(this.from)), inside(this.binOf(this.until))];
  }

  /** One edge was moved: it takes the other along rather than pass it. */
  slide(edge) {
    this.pause();
    let [low, high] = [Number(this.low.value), Number(this.high.value)];
    if (low > high) [low, high] = edge === "from" ? [low, low] : [high, high];
    this.brush(low, high);
  }

  /** Moves the brush, or makes one of a twelfth of the time; false at the end. */
  step(by) {
    const [low, high] = this.brushed;
    const size = high - low;
    if (this.from === null) {
      const start = by > 0 ? 0 : this.bins - 1;
      const reach = by * Math.floor(this.bins / 12);
      this.brush(Math.min(start, start + reach), Math.max(start, start + reach));
      return true;
    }
    const next = Math.max(0, Math.min(this.bins - 1 - size, low + by));
    if (next === low) return false;
    this.brush(next, next + size);
    return true;
  }

  play() {
    const [, high] = this.brushed;
    if (this.from !== null && high === this.bins - 1) [this.from, this.until] = [null, null];
    this.step(1);
    this.playTimer = setInterval(() => this.step(1) || this.pause(), PLAY_MS);
    this.tellPlaying();
  }

  pause() {
    clearInterval(this.playTimer);
    this.playTimer = null;
    this.tellPlaying();
  }

  tellPlaying() {
    const key = this.playTimer ? "pause" : "play";
    this.player.textContent = this.playTimer ? "❚❚" : "▶";
    this.player.title = say(key);
    this.player.setAttribute("aria-label", say(key));
  }

  clear() {
    this.pause();
    [this.from, this.until, this.undatedAre] = [null, null, "with"];
  }

  /** Shows how many of the events that the other filters leave there were when, and the brush. */
  show(events) {
    if (!this.bins) return;
    const [low, high] = this.brushed;
    const edges = [this.from ?? this.first, this.until ?? this.first + this.bins * this.width - 1].map(isoOf);
    [this.low.value, this.high.value] = [low, high];
    [this.low, this.high].forEach((slider, index) => slider.setAttribute("aria-valuetext", dayInWords(edges[index])));
    const range = { date_start: edges[0], date_end: edges[1] };
    this.said.textContent = this.from === null ? say("whole_time", ...edges.map(dayInWords)) : datesInWords(range);
    this.all.hidden = this.from === null;
    if (this.choice) this.choice.value = this.undatedAre;
    if (this.bins > 1) this.paint(this.count(events), low, high);
  }

  paint(counts, low, high) {
    const view = { width: this.barCanvas.parentElement.clientWidth || 328, height: BARS_HEIGHT };
    fitCanvas(this.barCanvas, view);
    this.barCanvas.style.width = "100%"; // The column may grow a scroll bar.
    const context = this.barCanvas.getContext("2d");
    const { accent, coast, ink } = themeColours();
    const most = Math.max(...this.totals, 1);
    const step = view.width / this.bins;
    const bar = (bin, count, colour) => {
      const height = count && Math.max(2, (count / most) * (BARS_HEIGHT - 2));
      context.fillStyle = colour;
      context.fillRect(bin * step, BARS_HEIGHT - 1 - height, Math.max(1, step - 1), height);
    };
    for (let bin = 0; bin < this.bins; bin++) {
      bar(bin, this.totals[bin], coast);
      if (bin >= low && bin <= high) bar(bin, counts[bin], accent);
    }
    context.fillStyle = ink;
    context.fillRect(0, BARS_HEIGHT - 1, view.width, 1);
    if (this.from === null) return;
    context.strokeStyle = accent;
    context.strokeRect(low * step + 0.5, 0.5, (high - low + 1) * step - 1, BARS_HEIGHT - 1);
  }

  save(params) {
    if (this.from !== null) params.set("time", `${isoOf(this.from)}..${isoOf(this.until)}`);
    if (this.undatedAre !== "with") params.set("undated", this.undatedAre);
  }

  load(params) {
    this.clear();
    const [from, until] = (params.get("time") || "").split("..").map(dayOf);
    if (this.bins && from !== null && until >= from) [this.from, this.until] = [from, until];
    if (this.choice && Object.hasOwn(WORDS.undated_is, params.get("undated") || "")) this.undatedAre = params.get("undated");
  }
}

function isoOf(day) {
  return new Date(day * 864e5).toISOString().slice(0, 10);
}
