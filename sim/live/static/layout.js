// Where things stand: marketplaces in the centre, vendors and distributors in rings, firms in wedges.
//
// A firm has a slot of its own in a wedge, so no two overlap and nobody moves while it stays; an entrant takes a free slot.
// Larger firms stand further in. All lengths are in units of which the picture is about 2,100 wide.

import { NOBODY } from "./track.js";

export const RADIUS = 1000;
const INNER = 500, VENDORS = 205, DISTRIBUTORS = 345, MARKETS = 66, GATE = 455, GAP = 0.075;

/** A number from 0 to 1 that depends on n only. */
export function hash(n) {
  let h = Math.imul((n ^ 0x9e3779b9) >>> 0, 0x85ebca6b);
  h = Math.imul((h ^ (h >>> 13)) >>> 0, 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

export class Layout {
  constructor(track, by) {
    this.by = by;
    this.homes = new Map(); // uid -> [wedge, slot] of everybody who ever had one: who comes back finds it
    this.place(track);
  }

  /** The wedge of a firm. */
  groupOf(track, row) {
    const { firms } = track;
    if (this.by === "region") return firms.region[row];
    if (this.by === "vertical") return firms.vertical[row] === NOBODY ? this.labels.length - 1 : firms.vertical[row];
    const club = firms.club[row];
    return club === 65535 || !(club in track.networks.kind) ? this.labels.length - 1 : track.networks.kind[club];
  }

  labelsOf(track) {
    const { names, kind_words: kinds } = track.words;
    if (this.by === "region") return names.regions;
    if (this.by === "vertical") return [...names.verticals, "no vertical"];
    return [...kinds.map((kind) => `${kind} networks`), "in no network"];
  }

  /** Everything anew. */
  place(track) {
    this.labels = this.labelsOf(track);
    const n = track.firms.uid.length, counts = new Array(this.labels.length).fill(0);
    const members = this.labels.map(() => []);
    for (let row = 0; row < n; row++) if (track.firms.uid[row] >= 0) { const g = this.groupOf(track, row); counts[g]++; members[g].push(row); }
    this.used = counts.map((c) => c > 0 || this.by !== "vertical");
    const present = counts.filter((_, g) => this.used[g]).length || 1;
    const total = counts.reduce((s, c) => s + c, 0), least = 0.35 * total / present;
    const weights = counts.map((c, g) => (this.used[g] ? Math.max(c, least, 1) : 0)), sum = weights.reduce((s, w) => s + w, 0);
    const room = 2 * Math.PI - GAP * present;
    this.x = new Float32Array(n).fill(NaN);
    this.y = new Float32Array(n).fill(NaN);
    this.slot = new Int32Array(n).fill(-1);
    this.group = new Int16Array(n).fill(-1);
    this.uid = new Float64Array(n).fill(-1);
    let angle = -Math.PI / 2 - (weights[0] / sum) * room / 2;
    this.wedges = this.labels.map((label, g) => {
      const span = (weights[g] / sum) * room, start = angle;
      if (this.used[g]) angle += span + GAP;
      const mid = start + span / 2;
      return { label, start, span, mid, gate: [GATE * Math.cos(mid), GATE * Math.sin(mid)], slots: [], free: [] };
    });
    this.wedges.forEach((wedge, g) => {
      if (!this.used[g]) return;
      let cell = 160;
      do { cell *= 0.97; wedge.slots = petal(wedge, cell, g); } while (wedge.slots.length < 1.06 * counts[g] + 3 && cell > 2);
      wedge.cell = cell;
      wedge.free = wedge.slots.map((_, s) => s).reverse(); // the innermost is taken first
      for (const [uid, home] of this.homes) if (home[0] === g) this.homes.delete(uid); // other slots now
      members[g].sort((i, j) => weight(track, j) - weight(track, i));
      for (const row of members[g]) this.settle(track, row, g);
    });
    this.cell = Math.min(90, ...this.wedges.filter((w) => w.cell).map((w) => w.cell));
    this.hubs = hubPlaces(track);
  }

  /** Room for more rows. */
  grow(rows) {
    for (const [name, empty] of [["x", NaN], ["y", NaN], ["slot", -1], ["group", -1], ["uid", -1]]) {
      const more = new this[name].constructor(rows).fill(empty);
      more.set(this[name]);
      this[name] = more;
    }
  }

  settle(track, row, g) {
    const wedge = this.wedges[g], uid = track.firms.uid[row], home = this.homes.get(uid);
    const kept = home && home[0] === g ? wedge.free.lastIndexOf(home[1]) : -1;
    const slot = kept >= 0 ? wedge.free.splice(kept, 1)[0] : wedge.free.pop();
    if (slot === undefined) return false;
    this.homes.set(uid, [g, slot]);
    [this.x[row], this.y[row]] = wedge.slots[slot];
    this.slot[row] = slot;
    this.group[row] = g;
    this.uid[row] = uid;
    return true;
  }

  /** Follow a month: free the slots of who left, settle who came. */
  follow(track) {
    const { uid } = track.firms;
    if (track.hubs.active.length !== this.hubs.length) this.hubs = hubPlaces(track);
    if (uid.length > this.uid.length) this.grow(uid.length);
    const waiting = [];
    for (let row = 0; row < this.uid.length; row++) {
      const now = row < uid.length ? uid[row] : -1, g = now >= 0 ? this.groupOf(track, row) : -1;
      if (now === this.uid[row] && g === this.group[row]) continue;
      if (this.group[row] >= 0) this.wedges[this.group[row]].free.push(this.slot[row]);
      this.group[row] = -1; this.uid[row] = -1; this.x[row] = NaN;
      if (g >= 0) waiting.push([row, g]);
    }
    waiting.sort((p, q) => (this.homes.has(uid[q[0]]) ? 1 : 0) - (this.homes.has(uid[p[0]]) ? 1 : 0)); // those who come back first
    if (waiting.length > 0.4 * track.partners + 5) { this.homes.clear(); this.place(track); return; } // another market
    for (const [row, g] of waiting) if (!this.used[g] || !this.settle(track, row, g)) { this.place(track); return; }
  }
}

function weight(track, row) { return track.firms.staff[row] + 9 * hash(track.firms.uid[row] % 4294967291 + 7); }

/** Slots of a wedge on jittered arcs, inner ones first; the outline is a petal. */
function petal(wedge, cell, g) {
  const slots = [];
  let k = g * 100003;
  for (let r = INNER; r < RADIUS; r += cell * 0.9) {
    const steps = Math.max(1, Math.floor((wedge.span * r) / cell));
    for (let s = 0; s < steps; s++) {
      const t = (s + 0.5) / steps, across = 2 * t - 1;
      k++;
      if (r > RADIUS * (1 - 0.11 * across * across) || r < INNER * (1 + 0.08 * across * across)) continue;
      const angle = wedge.start + wedge.span * t + (hash(k) - 0.5) * 0.5 * cell / r, radius = r + (hash(k + 50000017) - 0.5) * 0.5 * cell;
      slots.push([radius * Math.cos(angle), radius * Math.sin(angle)]);
    }
  }
  return slots;
}

function ring(count, radius, turn) {
  return Array.from({ length: count }, (_, n) => {
    const angle = turn + (2 * Math.PI * n) / count;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** Places of vendors, distributors and marketplaces, in this order. */
function hubPlaces(track) {
  const { vendors, distributors } = track.words, { marketplaces } = track;
  const top = -Math.PI / 2;
  return [...ring(vendors, VENDORS * Math.max(1, vendors / 14), top), ...ring(distributors, DISTRIBUTORS, top + Math.PI / Math.max(1, distributors)),
    ...(marketplaces === 1 ? [[0, 0]] : ring(marketplaces, MARKETS * Math.max(1, marketplaces / 4), 0))];
}
