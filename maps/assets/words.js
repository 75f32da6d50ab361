// What the numbers and codes of an event mean, in words. All the page's sentences about data are here.

const MONTHS = "January February March April May June July August September October November December".split(" ");

const TIME_PRECISION = new Map([
  [1, "to the day"],
  [2, "to the week"],
  [3, "to the month"],
]);

const WHERE_PRECISION = new Map([
  [1, "the named place itself"],
  [2, "near a named place"],
  [3, "somewhere in a district"],
  [4, "somewhere in a province or state"],
  [5, "along a line or in a loosely named area"],
  [6, "somewhere in a country"],
  [7, "at sea or in the air, beyond any country"],
]);

const GEO_PRECISION = new Map([
  [1, "the named place itself"],
  [2, "near a named place, or in a small area"],
  [3, "somewhere in a larger region"],
]);

const COUNTS = [
  ["fatalities", "killed"],
  ["injured", "injured"],
  ["missing", "missing"],
  ["displaced", "displaced"],
  ["arrested", "arrested"],
];

const MODALITIES = new Map([
  ["historical", "told as past background"],
  ["future", "announced, has not happened"],
  ["hypothetical", "hypothetical, has not happened"],
  ["negated", "said not to have happened"],
]);

const number = new Intl.NumberFormat("en");

function plural(count, one, many = one + "s") {
  return `${number.format(count)} ${count === 1 ? one : many}`;
}

/** "30 March 2017" of "2017-03-30"; anything else stays what it is. */
function dayInWords(iso) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)(?:T|$)/.exec(iso);
  if (!parts || !MONTHS[parts[2] - 1]) return iso;
  return `${Number(parts[3])} ${MONTHS[parts[2] - 1]} ${parts[1]}`;
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
  return `${from.slice(0, 3 - same).join(" ")} to ${to.join(" ")}`;
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
  const range = hasLow && hasHigh ? `${number.format(low)} to ${number.format(high)}` : null;
  const words = range || (hasLow ? `at least ${number.format(low)}` : `at most ${number.format(high)}`);
  const between = hasBest && (!hasLow || best > low) && (!hasHigh || best < high);
  return `${words} ${verb}` + (between ? ` (best figure ${number.format(best)})` : "");
}

function casualtiesInWords(props) {
  return COUNTS.map(([name, verb]) =>
    countInWords(props[`${name}_low`], props[`${name}_best`], props[`${name}_high`], verb),
  ).filter(Boolean);
}

/** "likely (80 %)" of 0.8. */
function chanceInWords(probability) {
  const words = [
    [0.95, "almost certain"],
    [0.8, "very likely"],
    [0.6, "likely"],
    [0.4, "uncertain"],
    [0, "doubtful"],
  ];
  const [, word] = words.find(([floor]) => probability >= floor) || words.at(-1);
  return `${word} (${Math.round(probability * 100)} %)`;
}

/** "within 800 m" or "within 25 km". */
function radiusInWords(metres) {
  return metres < 1000 ? `within ${Math.round(metres)} m` : `within ${number.format(Math.round(metres / 1000))} km`;
}

function precisionInWords(props) {
  return WHERE_PRECISION.get(props.where_prec) || GEO_PRECISION.get(props.geo_precision) || null;
}

/** A country's name of its ISO code; a code nobody knows stays what it is. */
function countryInWords(code) {
  try {
    return new Intl.DisplayNames(["en"], { type: "region" }).of(code);
  } catch {
    return code;
  }
}
