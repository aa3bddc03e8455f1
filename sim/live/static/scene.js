// Drawing a month with a pen: a canvas context, or what writes SVG (svg.js). Lengths are pixels; `at` maps places to them.

import { TYPE_SHAPES, HUB_SHAPES, diverging, shape } from "./palette.js";
import { RADIUS, hash } from "./layout.js";
import { NOBODY } from "./track.js";

export const FORMS = [3, 2, 1]; // formal, occasional, project: as sim.state.ties.FORMS
const SMALLEST_SLOT = 4; // pixels: on a small screen bubbles stand for fewer firms already
const SMALLEST_HALO = 8.5; // pixels of a firm's slot
const BATCH = 90; // curves a stroke: longer paths are slow to fill in software
const SINGLE = 4000; // firms up to which each is drawn at every zoom
const CLOSE = 2.4; // zoom from which each is drawn however many there are

/** Whether firms are drawn as bubbles of many. */
export function aggregated(view) { return (view.track.partners > SINGLE && view.camera.zoom < CLOSE) || view.layout.cell * view.scale < SMALLEST_SLOT; }

/** Draw the background and the faint ties, which months change little. */
export function drawGround(pen, view) {
  pen.fillStyle = view.palette.background;
  pen.fillRect(0, 0, Math.ceil(view.width) + 1, Math.ceil(view.height) + 1); // a page may have half a pixel
  spokes(pen, view);
  if (!aggregated(view)) faintTies(pen, view);
}

/** Draw upon the ground all else that stays while a month is shown. Returns what was drawn, for tests and tables. */
export function drawScene(pen, view) {
  const drawn = { firms: 0, bubbles: 0, alliances: 0, bundles: 0, arcs: 0, labels: [], hubs: [] };
  const many = aggregated(view);
  if (many) bundles(pen, view, drawn); else alliances(pen, view, drawn);
  if (view.spotKind >= 0 || view.spotNetwork >= 0) hulls(pen, view);
  if (many) bubbles(pen, view, drawn); else { halos(pen, view, drawn); firms(pen, view, drawn); }
  hubs(pen, view, drawn);
  regionLabels(pen, view, drawn);
  return drawn;
}

function spokes(pen, view) {
  pen.strokeStyle = view.palette.grid;
  pen.lineWidth = 1;
  pen.beginPath();
  const [cx, cy] = view.at(0, 0), wedges = view.layout.wedges.filter((w) => w.slots.length);
  wedges.forEach((wedge) => {
    const angle = wedge.start - 0.0375, a = view.at(430 * Math.cos(angle), 430 * Math.sin(angle)), b = view.at(1010 * Math.cos(angle), 1010 * Math.sin(angle));
    if (wedges.length > 1) { pen.moveTo(a[0], a[1]); pen.lineTo(b[0], b[1]); }
  });
  pen.stroke();
  pen.globalAlpha = 0.5;
  pen.beginPath();
  for (const r of [205, 345]) { pen.moveTo(cx + r * view.scale, cy); pen.arc(cx, cy, r * view.scale, 0, 2 * Math.PI); }
  pen.stroke();
  pen.globalAlpha = 1;
}

/** Each firm with the vendor that it buys most from, through the gateway of its wedge. */
function faintTies(pen, view) {
  const { track, layout, at } = view, { firms } = track;
  if (!view.filter.ties) return;
  pen.strokeStyle = view.palette.tie;
  pen.globalAlpha = Math.min(1, 1_300 / track.partners);
  pen.lineWidth = 0.8;
  let n = 0;
  pen.beginPath();
  for (let row = 0; row < firms.uid.length; row++) {
    const vendor = firms.vendor[row];
    if (layout.group[row] < 0 || vendor === NOBODY || !view.shows(row)) continue;
    const gate = layout.wedges[layout.group[row]].gate, hub = layout.hubs[vendor];
    const p = at(layout.x[row], layout.y[row]), g = at(gate[0], gate[1]), q = at(hub[0], hub[1]);
    pen.moveTo(p[0], p[1]);
    pen.quadraticCurveTo(g[0], g[1], q[0], q[1]);
    if (++n % BATCH === 0) { pen.stroke(); pen.beginPath(); }
  }
  pen.stroke();
  pen.globalAlpha = 1;
}

/** The curve of an alliance: through the gateways of both wedges, or around that of the one. */
export function curve(pen, view, tie) {
  const { layout, at } = view, { a, b } = tie;
  const ga = layout.group[a], gb = layout.group[b];
  if (ga < 0 || gb < 0) return false;
  const p = at(layout.x[a], layout.y[a]), q = at(layout.x[b], layout.y[b]);
  pen.moveTo(p[0], p[1]);
  if (ga === gb) {
    const gate = layout.wedges[ga].gate, reach = Math.hypot(layout.x[a], layout.y[a]) + Math.hypot(layout.x[b], layout.y[b]);
    const mx = (layout.x[a] + layout.x[b]) / 2, my = (layout.y[a] + layout.y[b]) / 2, pull = Math.min(0.75, 0.3 + 150 / reach);
    const c = at(mx + pull * (gate[0] - mx), my + pull * (gate[1] - my));
    pen.quadraticCurveTo(c[0], c[1], q[0], q[1]);
    return true;
  }
  const spread = (hash(a * 7919 + b) - 0.5) * 60, da = layout.wedges[ga].mid, db = layout.wedges[gb].mid;
  const ra = 0.62, [ax, ay] = layout.wedges[ga].gate, [bx, by] = layout.wedges[gb].gate;
  const c1 = at(ra * ax - spread * Math.sin(da), ra * ay + spread * Math.cos(da)), c2 = at(ra * bx - spread * Math.sin(db), ra * by + spread * Math.cos(db));
  pen.bezierCurveTo(c1[0], c1[1], c2[0], c2[1], q[0], q[1]);
  return true;
}

function alliances(pen, view, drawn) {
  const { track, palette, filter } = view;
  const crowd = Math.max(1, track.allies.size / 500 / Math.max(1, view.camera.zoom) ** 2); // so many would be a hairball
  const styles = { 1: [0.2, 0.6, 0.9], 2: [0.34, 0.8, 0.72], 3: [0.62, 1.1, 0.42] }; // opacity, width, how fast it pales in a crowd
  const lists = { 1: [], 2: [], 3: [] };
  for (const tie of track.allies.values()) if (filter.forms[tie.form] && view.shows(tie.a) && view.shows(tie.b)) lists[tie.form].push(tie);
  for (const form of [1, 2, 3]) {
    lists[form].sort((s, t) => s.a - t.a || s.b - t.b); // the same picture of the same month, however it was reached
    const [alpha, width, paling] = styles[form];
    pen.strokeStyle = `rgba(${palette.forms[form].join(",")},${Math.min(1, palette.faint * alpha / crowd ** paling).toFixed(3)})`;
    pen.lineWidth = width * Math.max(1, Math.min(2, view.camera.zoom ** 0.5));
    let n = 0;
    pen.beginPath();
    for (const tie of lists[form]) {
      if (!curve(pen, view, tie)) continue;
      drawn.alliances++;
      if (++n % BATCH === 0) { pen.stroke(); pen.beginPath(); }
    }
    pen.stroke();
  }
}

/** Alliances between wedges as one band each, as wide as the root of their number. */
function bundles(pen, view, drawn) {
  const { track, layout, palette, filter, at } = view, counts = new Map(), W = layout.wedges.length;
  for (const tie of track.allies.values()) {
    if (!filter.forms[tie.form] || !view.shows(tie.a) || !view.shows(tie.b)) continue;
    const i = layout.group[tie.a], j = layout.group[tie.b];
    if (i < 0 || j < 0) continue;
    const key = Math.min(i, j) * W + Math.max(i, j);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    drawn.alliances++;
  }
  const most = Math.max(1, ...counts.values());
  pen.lineCap = "round";
  for (const [key, count] of [...counts].sort((x, y) => x[1] - y[1])) {
    const i = Math.floor(key / W), j = key % W, p = layout.wedges[i].gate, q = layout.wedges[j].gate;
    const share = Math.sqrt(count / most);
    pen.strokeStyle = `rgba(${palette.forms[2].join(",")},${(0.12 + 0.4 * share).toFixed(3)})`;
    pen.lineWidth = Math.max(0.6, 20 * share * view.scale * 1.6);
    pen.beginPath();
    if (i === j) { const [x, y] = at(p[0] * 1.02, p[1] * 1.02); pen.arc(x, y, Math.max(4, 26 * view.scale * (0.6 + share)), 0, 2 * Math.PI); }
    else { const a = at(p[0], p[1]), b = at(q[0], q[1]), c1 = at(0.5 * p[0], 0.5 * p[1]), c2 = at(0.5 * q[0], 0.5 * q[1]); pen.moveTo(a[0], a[1]); pen.bezierCurveTo(c1[0], c1[1], c2[0], c2[1], b[0], b[1]); }
    pen.stroke();
    drawn.bundles++;
  }
  pen.lineCap = "butt";
}

/** Firms of one kind and size in a wedge as one bubble; its area is their number, its fill their mean loyalty. */
function bubbles(pen, view, drawn) {
  const { track, layout, palette } = view, { firms } = track, bins = new Map();
  for (let row = 0; row < firms.uid.length; row++) {
    const g = layout.group[row];
    if (g < 0 || !view.shows(row)) continue;
    const band = Math.min(3, Math.floor(firms.staff[row] / 9)), key = (g * 5 + firms.type[row]) * 4 + band;
    const bin = bins.get(key) ?? { g, type: firms.type[row], band, n: 0, liking: 0, inside: 0 };
    bin.n++; bin.liking += firms.attitude[row] / 50; bin.inside += firms.kinds[row] ? 1 : 0;
    bins.set(key, bin);
  }
  view.bubbles = [];
  layout.wedges.forEach((wedge, g) => {
    const own = [...bins.values()].filter((bin) => bin.g === g);
    for (let band = 3; band >= 0; band--) packRow(view, wedge, own.filter((bin) => bin.band === band).sort((a, b) => a.type - b.type), band);
  });
  for (const bin of view.bubbles) {
    const liking = bin.liking / bin.n;
    pen.fillStyle = view.colour === "loyalty" ? diverging(palette, liking) : palette.types[bin.type];
    pen.globalAlpha = view.colour === "loyalty" ? 0.92 : 0.45 + 0.5 * Math.max(0, Math.min(1, 0.5 + 1.5 * liking));
    pen.beginPath();
    shape(pen, TYPE_SHAPES[bin.type], bin.x, bin.y, bin.r);
    pen.fill();
    pen.globalAlpha = 1;
    pen.strokeStyle = palette.text;
    pen.lineWidth = Math.max(1, bin.r * 0.09);
    pen.beginPath();
    pen.arc(bin.x, bin.y, bin.r * 1.25 + 1.5, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * bin.inside / bin.n);
    pen.stroke();
    if (bin.r > 9) { pen.fillStyle = palette.background; pen.font = `600 ${Math.round(Math.min(13, bin.r * 0.75))}px sans-serif`; pen.textAlign = "center"; pen.textBaseline = "middle"; pen.fillText(String(bin.n), bin.x, bin.y + 1); }
    drawn.bubbles++; drawn.firms += bin.n;
  }
}

function packRow(view, wedge, own, band) {
  const radius = [905, 770, 655, 560][band], room = wedge.span * radius * 0.94 * view.scale;
  let sizes = own.map((bin) => Math.max(2.5, 7.2 * Math.sqrt(bin.n) * view.scale));
  const need = sizes.reduce((s, r) => s + 2.9 * r + 4, 0), fit = Math.min(1, room / Math.max(1, need), (62 * view.scale) / Math.max(1, ...sizes));
  sizes = sizes.map((r) => r * fit);
  const total = sizes.reduce((s, r) => s + 2.9 * r + 4 * fit, 0);
  let along = -total / 2;
  own.forEach((bin, n) => {
    along += 1.45 * sizes[n] + 2 * fit;
    const angle = wedge.mid + along / (radius * view.scale);
    [bin.x, bin.y] = view.at(radius * Math.cos(angle), radius * Math.sin(angle));
    bin.r = sizes[n];
    along += 1.45 * sizes[n] + 2 * fit;
    view.bubbles.push(bin);
  });
}

/** Radius of a firm in pixels: by the root of the root of its revenue, within its slot. */
export function firmSize(view, row) {
  const step = view.track.firms.revenue[row], most = 0.4 * view.layout.cell * view.scale;
  return Math.max(1.3, Math.min(most, most * (0.42 + 0.58 * Math.max(0, (step - 20) / 50) ** 1.5)));
}

function firmAlpha(view, row) {
  const liking = view.track.firms.attitude[row] / 50;
  return 0.4 + 0.6 * Math.max(0, Math.min(1, 0.5 + 1.4 * liking));
}

function firms(pen, view, drawn) {
  const { track, layout, palette, at, width, height } = view, { firms } = track;
  const levels = 5, paths = new Map();
  for (let row = 0; row < firms.uid.length; row++) {
    if (layout.group[row] < 0) continue;
    const [x, y] = at(layout.x[row], layout.y[row]);
    if (x < -20 || y < -20 || x > width + 20 || y > height + 20) continue;
    const fill = view.colour === "type" ? palette.types[firms.type[row]] : view.colour === "loyalty" ? diverging(palette, Math.round(firms.attitude[row] / 5) / 10)
      : firms.vendor[row] === NOBODY ? palette.quiet : palette.series[firms.vendor[row] % palette.series.length];
    const alpha = view.shows(row) ? (view.colour === "loyalty" ? 0.95 : Math.round(firmAlpha(view, row) * levels) / levels) : 0.07;
    const key = `${fill}|${alpha}|${firms.type[row]}`;
    let list = paths.get(key);
    if (!list) paths.set(key, (list = []));
    list.push(row, x, y);
    drawn.firms++;
  }
  for (const [key, list] of paths) {
    const [fill, alpha, type] = key.split("|");
    pen.fillStyle = fill;
    pen.globalAlpha = Number(alpha);
    pen.beginPath();
    for (let n = 0; n < list.length; n += 3) shape(pen, TYPE_SHAPES[type], list[n + 1], list[n + 2], firmSize(view, list[n]));
    pen.fill();
  }
  pen.globalAlpha = 1;
}

/** Memberships: an arc around the firm for each kind of network, always at the same place of the ring. */
function halos(pen, view, drawn) {
  const { track, layout, palette, at, width, height } = view, { firms } = track;
  if (view.scale * layout.cell < SMALLEST_HALO) return; // arcs around a dot of a few pixels are noise; zoom in, or click a kind
  const wide = view.scale * layout.cell > 9;
  pen.lineWidth = Math.max(0.9, Math.min(2.4, 0.055 * layout.cell * view.scale));
  for (let kind = 0; kind < palette.kinds.length; kind++) {
    if (view.spotKind >= 0 && view.spotKind !== kind) continue;
    pen.strokeStyle = palette.kinds[kind];
    pen.globalAlpha = 0.8;
    pen.beginPath();
    let n = 0;
    for (let row = 0; row < firms.uid.length; row++) {
      if (layout.group[row] < 0 || !(firms.kinds[row] >> kind & 1) || !view.shows(row)) continue;
      const [x, y] = at(layout.x[row], layout.y[row]);
      if (x < -20 || y < -20 || x > width + 20 || y > height + 20) continue;
      const r = firmSize(view, row) * 1.2 + (wide ? 1.6 : 1), start = -Math.PI / 2 + (2 * Math.PI * kind) / 5 - 0.5, end = start + 1.0;
      pen.moveTo(x + r * Math.cos(start), y + r * Math.sin(start));
      pen.arc(x, y, r, start, end);
      drawn.arcs++;
      if (++n % 400 === 0) { pen.stroke(); pen.beginPath(); }
    }
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

/** A soft hull around the members of one kind of network, or of one network. */
function hulls(pen, view) {
  const { track, layout, palette, at } = view, { firms } = track, kind = view.spotKind >= 0 ? view.spotKind : track.networks.kind[view.spotNetwork];
  const r = Math.max(7, 0.85 * layout.cell * view.scale);
  pen.fillStyle = palette.kinds[kind];
  pen.globalAlpha = 0.2;
  pen.beginPath();
  for (let row = 0; row < firms.uid.length; row++) {
    if (layout.group[row] < 0) continue;
    const inside = view.spotKind >= 0 ? firms.kinds[row] >> kind & 1 : firms.club[row] === view.spotNetwork;
    if (!inside) continue;
    const [x, y] = at(layout.x[row], layout.y[row]);
    pen.moveTo(x + r, y);
    pen.arc(x, y, r, 0, 2 * Math.PI);
  }
  pen.fill();
  pen.globalAlpha = 1;
}

/** Radius of a hub in pixels: by the root of its share of what its sort sells. */
export function hubSize(view, hub) {
  const { track } = view, sort = track.hubSort(hub), first = { vendor: 0, distributor: track.words.vendors, marketplace: track.words.vendors + track.words.distributors }[sort];
  const count = { vendor: track.words.vendors, distributor: track.words.distributors, marketplace: track.marketplaces }[sort];
  const own = Array.from(track.hubs.value.slice(first, first + count)), total = own.reduce((s, v) => s + v, 0) || 1;
  const room = { vendor: Math.min(40, 0.42 * (2 * Math.PI * 205) / Math.max(6, count)), distributor: 34, marketplace: count > 1 ? 34 : 44 }[sort];
  return Math.max(Math.min(8, view.scale * Math.min(27, room)), view.scale * room * Math.min(1, 0.42 + 0.58 * Math.sqrt((track.hubs.value[hub] / total) * count / 2.5)));
}

function hubs(pen, view, drawn) {
  const { track, layout, palette, at } = view;
  for (let hub = 0; hub < layout.hubs.length; hub++) {
    const sort = track.hubSort(hub), [x, y] = at(...layout.hubs[hub]), r = hubSize(view, hub);
    const there = track.hubs.active[hub], shown = there && view.filter.hubs[sort];
    pen.globalAlpha = shown ? 1 : 0.16;
    pen.fillStyle = palette[sort];
    pen.strokeStyle = palette.rim;
    pen.lineWidth = 2;
    pen.beginPath();
    shape(pen, HUB_SHAPES[sort], x, y, r);
    pen.fill();
    pen.stroke();
    pen.globalAlpha = 1;
    drawn.hubs.push({ hub, x, y, r });
    if (!shown) continue;
    const name = track.hubName(hub), short = /^(V|D|M)\w+ (\d+)$/.exec(name);
    const full = view.camera.zoom >= 1.9 || !short;
    pen.textAlign = "center";
    if (full) label(pen, view, drawn, name, x, y + r + 10, 11, palette.text);
    else if (r > 7.5) { pen.fillStyle = palette.mark[sort]; pen.font = `600 ${Math.round(Math.min(12, 0.82 * r + 1))}px sans-serif`; pen.textBaseline = "middle"; pen.fillText(short[1] + short[2], x, y + 0.5); }
  }
}

/** A text with a rim of the background; left out where it would cover another. */
function label(pen, view, drawn, text, x, y, size, colour) {
  pen.font = `500 ${size}px system-ui, "DejaVu Sans", sans-serif`;
  const wide = pen.measureText(text).width, box = { text, x0: x - wide / 2 - 2, x1: x + wide / 2 + 2, y0: y - size / 2 - 2, y1: y + size / 2 + 2 };
  if (drawn.labels.some((other) => box.x0 < other.x1 && other.x0 < box.x1 && box.y0 < other.y1 && other.y0 < box.y1)) return;
  drawn.labels.push(box);
  pen.textBaseline = "middle";
  pen.lineWidth = 3;
  pen.strokeStyle = view.palette.background;
  pen.strokeText(text, x, y);
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}

function regionLabels(pen, view, drawn) {
  pen.textAlign = "center";
  const size = Math.max(10, Math.min(14, 26 * view.scale + 2));
  for (const wedge of view.layout.wedges) {
    if (!wedge.slots.length) continue;
    const [x, y] = view.at((RADIUS + 52) * Math.cos(wedge.mid), (RADIUS + 42) * Math.sin(wedge.mid));
    pen.font = `500 ${size}px system-ui, "DejaVu Sans", sans-serif`;
    const half = pen.measureText(wedge.label).width / 2 + 3;
    const side = Math.cos(wedge.mid);
    const px = Math.max(half, Math.min(view.width - half, x + side * half * 0.75));
    label(pen, view, drawn, wedge.label, px, Math.max(9, Math.min(view.height - 9, y)), size, view.palette.quiet);
  }
}
