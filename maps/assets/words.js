// What the numbers and codes of an event mean, in words. The words themselves are in words.json, a table to a language.

const WORDS = {};

let number = new Intl.NumberFormat("en");
let countries = null;

/** Takes the table of words that the page carries. */
function readWords(table) {
  Object.assign(WORDS, table);
  number = new Intl.NumberFormat(WORDS.language);
}

/** What the table has under a key; {0} and so on stand for the values. Of two forms the first is for one. */
function say(key, ...values) {
  const entry = WORDS[key];
  return fill(Array.isArray(entry) ? entry[values[0] === 1 ? 0 : 1] : entry, values);
}

function fill(text, values) {
  const show = (value) => (typeof value === "number" ? number.format(value) : value);
  return text.replace(/\{(\d)\}/g, (_, index) => show(values[index]));
}

/** The same with elements among the values, as a list of nodes. */
function sayNodes(key, ...values) {
  return WORDS[key].split(/(\{\d\})/).map((piece) => (/^\{\d\}$/.test(piece) ? values[piece[1]] : piece));
}

/** The word for a code that a text from outside may hold, or null. */
function word(table, code) {
  return Object.hasOwn(WORDS[table], String(code)) ? WORDS[table][code] : null;
}

/** "30 March 2017" of "2017-03-30"; anything else stays what it is. */
function dayInWords(iso) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)(?:T|$)/.exec(iso);
  if (!parts || !WORDS.months[parts[2] - 1]) return iso;
  return `${Number(parts[3])} ${WORDS.months[parts[2] - 1]} ${parts[1]}`;
}

/** "30 March 2017", "24 to 30 March 2017", "March 2017", "2017" or null. */
function datesInWords(props) {
  const [start, end] = [props.date_start, props.date_end];
  if (!start && !end) return null;
  if (!start || !end || start === end) return dayInWords(start || end);
  const [from, to] = [dayInWords(start).split(" "), dayInWords(end).split(" ")];
  let same = 0;
  while (same < 2 && from.length === 3 && from[2 - same] === to[2 - same]) same += 1;
  if (same === 1 && start.endsWith("-01-01") && end.endsWith("-12-31")) return to[2];
  if (same === 2 && from[0] === "1" && isLastOfMonth(end)) return to.slice(1).join(" ");
  return say("to", from.slice(0, 3 - same).join(" "), to.join(" "));
}

function isLastOfMonth(iso) {
  const [year, month, day] = iso.split("-").map(Number);
  return new Date(Date.UTC(year, month, 0)).getUTCDate() === day;
}

/** "at least 5 killed (best figure 8)": low, best and high as a reader would say them, or null if nothing is said. */
function countInWords(low, best, high, verb) {
  const [hasLow, hasBest, hasHigh] = [low, best, high].map((figure) => typeof figure === "number");
  if (!hasLow && !hasBest && !hasHigh) return null;
  if (hasLow && low === high) return `${number.format(low)} ${verb}`;
  if (!hasLow && !hasHigh) return `${number.format(best)} ${verb}`;
  const range = hasLow && hasHigh ? say("to", low, high) : null;
  const words = range || (hasLow ? say("at_least", low) : say("at_most", high));
  const between = hasBest && (!hasLow || best > low) && (!hasHigh || best < high);
  return `${words} ${verb}` + (between ? say("best", best) : "");
}

function casualtiesInWords(props) {
  return Object.entries(WORDS.counts)
    .map(([name, verb]) =>
      countInWords(props[`${name}_low`], props[`${name}_best`], props[`${name}_high`], verb),
    )
    .filter(Boolean);
}

/** The band of a probability: its index in the table of chances. */
function bandOf(probability) {
  const index = WORDS.chance.findIndex(([floor]) => probability >= floor);
  return index < 0 ? WORDS.chance.length - 1 : index;
}

/** "likely (80 %)" of 0.8. */
function chanceInWords(probability) {
  return say("percent", WORDS.chance[bandOf(probability)][1], Math.round(probability * 100));
}

/** "within 800 m" or "within 25 km". */
function radiusInWords(metres) {
  return metres < 1000 ? say("within_m", Math.round(metres)) : say("within_km", Math.round(metres / 1000));
}

/** A country's name of its ISO code; a code nobody knows stays what it is. */
function countryInWords(code) {
  try {
    countries ??= new Intl.DisplayNames([WORDS.language], { type: "region" });
    return countries.of(code);
  } catch {
    return code;
  }
}
