// Search: every word must be in an event; a word that is in none is taken for the nearest spelling that is.

const NEAR_WORDS = 4;

class Search {
  constructor(events) {
    this.events = events;
    this.texts = null;
    this.vocabulary = null;
  }

  /** What a search looks through, folded once and kept. */
  read() {
    this.texts = this.events.map(({ label, props: p }) => {
      const country = p.country_code ? countryInWords(p.country_code) : null;
      const texts = [label, p.place_name, p.place_text, p.admin1, p.sentence, p.attribution, p.source, country];
      const lists = [p.document_title, ...(p.actors || []), ...(p.recipients || [])];
      for (const { source, sentence } of p.reports || []) lists.push(source, sentence);
      return fold([...texts, ...lists].filter(Boolean).join("\n"));
    });
  }

  /** Which events a query leaves, a byte each, or null for all; and what was taken for what. */
  find(query) {
    const words = fold(query).split(/\s+/).filter(Boolean);
    if (!words.length) return { found: null, taken: [] };
    if (!this.texts) this.read();
    const found = new Uint8Array(this.texts.length).fill(1);
    const taken = [];
    for (const typed of words) {
      let spellings = [typed];
      if (!this.texts.some((text) => text.includes(typed))) {
        spellings = this.near(typed);
        if (spellings.length) taken.push([typed, spellings[0]]);
      }
      this.texts.forEach((text, index) => {
        if (found[index] && !spellings.some((spelling) => text.includes(spelling))) found[index] = 0;
      });
    }
    return { found, taken };
  }

  /** The words of the events that are nearest to a misspelled one, or to its beginning. */
  near(typed) {
    const limit = typed.length < 4 ? 0 : typed.length < 8 ? 1 : 2;
    this.vocabulary ??= new Set(this.texts.flatMap((text) => text.split(/[^\p{L}\p{N}]+/u)));
    let [least, words] = [limit, []];
    if (!limit) return words;
    for (const known of this.vocabulary) {
      if (known.length < typed.length - limit) continue;
      const whole = known.length > typed.length + limit ? Infinity : apart(typed, known, least);
      const gap = Math.min(whole, apart(typed, known.slice(0, typed.length), least));
      if (gap > least) continue;
      if (gap < least) [least, words] = [gap, []];
      words.push(known);
    }
    return words.sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, NEAR_WORDS);
  }
}

/** Letters left out, put in, changed or swapped between two words; Infinity beyond the limit. */
function apart(a, b, limit) {
  let [before, row] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    if (Math.min(...next) > limit) return Infinity;
    [before, row] = [row, next];
  }
  return row[b.length];
}
