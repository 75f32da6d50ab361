// What leaves the page: files of the events that are shown, a picture, a citation, and what the reader put right.

const CORRECTION_COLUMNS = "document_id start end text action place_id lon lat note".split(" ");
const PICTURE_LINE = 20;

/** A cell of CSV. A text that a spreadsheet would run as a formula gets an apostrophe before it. */
function cell(value) {
  if (value === null || value === undefined) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const safe = typeof value !== "number" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n;\t]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A table as CSV: names first, lines that end in CR LF. */
function csvOf(columns, rows) {
  return [columns, ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("");
}

/** The events as CSV: where they are, then every property that one of them has; lists with semicolons between. */
function eventsAsCsv(events) {
  const names = [...new Set(events.flatMap(({ props }) => Object.keys(props)))];
  const flat = (value) => (Array.isArray(value) && value.every((item) => typeof item === "string") ? value.join("; ") : value);
  const rows = events.map(({ feature, props, lon, lat }) => [feature.id, lon, lat, ...names.map((name) => flat(props[name]))]);
  return csvOf(["id", "longitude", "latitude", ...names], rows);
}

/** The map as it is seen, with its title, what is shown, the symbols' meaning and whose map it is. */
function pictureOf(stage, groups, lines) {
  const { width, height } = stage.getBoundingClientRect();
  const picture = document.createElement("canvas");
  fitCanvas(picture, { width, height: height + PICTURE_LINE * (lines.length + 2) });
  const context = picture.getContext("2d");
  const { ink, paper, water } = themeColours();
  context.fillStyle = paper;
  context.fillRect(0, 0, width, picture.height);
  context.fillStyle = water;
  context.fillRect(0, 0, width, height);
  for (const canvas of stage.querySelectorAll(".leaflet-pane canvas")) context.drawImage(canvas, 0, 0, width, height);
  context.font = NAME_FONT;
  context.textBaseline = "middle";
  const write = (text, x, y) => {
    context.fillStyle = ink;
    context.fillText(oneLine(text, 200), x, y, Math.max(1, width - x - 8));
  };
  const rowAt = (row) => height + PICTURE_LINE * (row + 0.5) + 4;
  lines.forEach((line, row) => write(line, 10, rowAt(row)));
  let x = 18;
  for (const group of groups) {
    drawSymbol(context, group, x, rowAt(lines.length), 6, false, ink, paper);
    write(group.label, x + 12, rowAt(lines.length));
    x += context.measureText(group.label).width + 34;
  }
  return new Promise((resolve) => picture.toBlob(resolve, "image/png"));
}

/** The event's sentence and where it was read, for a footnote. */
function citationOf(event) {
  const { props: p, article, feature } = event;
  const title = p.document_title || article?.title;
  const published = p.published || article?.published;
  const where = [p.source || article?.source, title && say("cited", title), published && dayInWords(published), p.url || article?.url];
  const words = p.sentence ? `${say("cited", p.sentence)} ` : "";
  const told = `${event.label}${event.place ? `, ${event.place}` : ""}, ${datesInWords(p) || say("no_date")}`;
  return words + say("cite_by", where.filter(Boolean).join(", ") || p.document_id || "", `${told} [${feature.id ?? event.order}]`);
}

/** Puts text on the clipboard, in browsers that forbid it to a file by way of a selection. */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = make("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}

/** What the reader put right, in the rows that `geoevents map --corrections` reads. Kept until the page is closed. */
class Corrections {
  constructor(changed) {
    this.changed = changed;
    this.rows = new Map();
    this.kept = true;
    on(window, "beforeunload", (leave) => {
      if (!this.kept) leave.preventDefault();
    });
  }

  of(event) {
    return this.rows.get(event) || null;
  }

  /** The word tells of no event. */
  denyEvent({ props: p }) {
    return { document_id: p.document_id, start: p.trigger_start, end: p.trigger_end, text: p.trigger, action: "no_event" };
  }

  /** The name is no place, or where it is: {place_id} or {lon, lat}. */
  place({ props: p }, where) {
    const row = { document_id: p.document_id, start: p.place_start, end: p.place_end, text: p.place_text };
    return { ...row, action: where ? "place" : "no_place", ...where };
  }

  set(event, row) {
    if (row) this.rows.set(event, row);
    else this.rows.delete(event);
    this.kept = !this.rows.size;
    this.changed(event);
  }

  /** "You say: this is no event", for the event's panel and the list. */
  inWords(row) {
    if (row.action === "no_event") return say("said_no_event");
    if (row.action === "no_place") return say("said_no_place", row.text);
    return say("said_place", row.text, row.note || `${row.lat.toFixed(4)}, ${row.lon.toFixed(4)}`);
  }

  download() {
    const lines = [...this.rows.values()].map((row) => CORRECTION_COLUMNS.map((column) => row[column]));
    const distinct = [...new Map(lines.map((line) => [JSON.stringify(line.slice(0, 5)), line])).values()];
    handOver("corrections.csv", "text/csv", csvOf(CORRECTION_COLUMNS, distinct));
    this.kept = true;
  }
}
