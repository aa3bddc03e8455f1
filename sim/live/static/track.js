// What is known of one run: its words, its series, and the month that is drawn.

export const NOBODY = 255;
const PAIR = 2 ** 21; // rows of firms are below this

export class Track {
  constructor(number) {
    this.number = number;
    this.words = null;
    this.series = {};
    this.events = []; // of the scenario, with levers moved
    this.known = 0;
    this.month = 0;
    this.headline = { networks: "", loyalty: "", apart: "", eroding: null, vendor: null, course: 0 };
    this.compared = null; // words on how this run differs from the one beside it
    this.captions = [];
    this.firms = null;
    this.names = [];
    this.networkNames = [];
    this.allies = new Map(); // pair -> { a, b, form, met }
    this.hubs = null;
    this.networks = null;
    this.version = 0; // counts what was drawn anew
    this.born = 0; // counts snapshots
    this.fresh = { come: [], gone: [] };
  }

  /** The series of all months known so far, and the words. */
  recall({ head, columns }) {
    this.words = head.words;
    this.known = head.known;
    this.events = head.events;
    this.series = {};
    for (const [name, column] of Object.entries(columns)) this.series[name] = Array.from(column);
  }

  /** A month whole. */
  load({ head, columns }) {
    this.firms = table(columns, "firms");
    this.names = head.named.slice();
    this.allies = new Map();
    const { a, b, form, met } = table(columns, "allies");
    for (let n = 0; n < a.length; n++) this.allies.set(a[n] * PAIR + b[n], { a: a[n], b: b[n], form: form[n], met: met[n] });
    this.fresh = { come: [], gone: [] };
    this.born++;
    this.say(head, columns);
  }

  /** What changed in a month. */
  advance({ head, columns }) {
    for (const name of Object.keys(this.firms)) {
      const whole = columns[`firms.${name}`];
      if (whole) this.firms[name] = whole.slice();
      const rows = columns[`firms.${name}@`];
      if (!rows) continue;
      const values = columns[`firms.${name}=`];
      for (let n = 0; n < rows.length; n++) this.firms[name][rows[n]] = values[n];
    }
    for (const [row, name] of Object.entries(head.named)) this.names[row] = name;
    this.fresh = { come: [], gone: [] };
    const gone = table(columns, "gone"), come = table(columns, "new");
    for (let n = 0; n < gone.a.length; n++) {
      this.allies.delete(gone.a[n] * PAIR + gone.b[n]);
      this.fresh.gone.push({ a: gone.a[n], b: gone.b[n], form: gone.form[n] });
    }
    for (let n = 0; n < come.a.length; n++) {
      const tie = { a: come.a[n], b: come.b[n], form: come.form[n], met: come.met[n] };
      this.allies.set(come.a[n] * PAIR + come.b[n], tie);
      this.fresh.come.push(tie);
    }
    const month = head.month - 1;
    this.words.series.forEach((name, n) => {
      const values = this.series[name] ?? (this.series[name] = []);
      values[month] = columns.values[n];
    });
    this.known = Math.max(this.known, head.month);
    this.say(head, columns);
  }

  say(head, columns) {
    this.month = head.month;
    this.headline = head.headline;
    this.compared = head.compared;
    this.captions = head.captions;
    this.networkNames = head.networks;
    this.partners = head.partners;
    this.hubs = table(columns, "hubs");
    this.networks = table(columns, "networks");
    this.version++;
  }

  /** Months after burn-in; negative within it. */
  get since() { return this.month - (this.words?.burn_in ?? 0); }

  nameOf(row) { return this.names[row] ?? ""; }

  hubName(hub) {
    const { vendors, distributors } = this.words;
    const names = this.words.names;
    if (hub < vendors) return names.vendors[hub];
    if (hub < vendors + distributors) return names.distributors[hub - vendors];
    return names.marketplaces[hub - vendors - distributors] ?? `Marketplace ${hub - vendors - distributors + 1}`;
  }

  /** How many marketplaces there are and were: new ones come. */
  get marketplaces() { return this.hubs.active.length - this.words.vendors - this.words.distributors; }

  hubSort(hub) { return hub < this.words.vendors ? "vendor" : hub < this.words.vendors + this.words.distributors ? "distributor" : "marketplace"; }

  last(name) { const values = this.series[name]; return values && this.month > 0 ? values[this.month - 1] : NaN; }

  /** Change over 12 months; NaN when there are fewer. */
  yearChange(name) { const values = this.series[name]; return values && this.month > 12 ? values[this.month - 1] - values[this.month - 13] : NaN; }

  rowOf(uid) { return this.firms ? this.firms.uid.indexOf(uid) : -1; }
}

function table(columns, name) {
  const out = {};
  for (const key of Object.keys(columns)) if (key.startsWith(`${name}.`)) out[key.slice(name.length + 1)] = columns[key];
  return out;
}
