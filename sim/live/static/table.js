// The table twin: what the picture and the charts show, as tables that a screen reader can read.

import { escape } from "./card.js";

const fixed = (x, digits) => (Number.isFinite(x) ? x.toFixed(digits) : "–");

/** Fill the element with the present month of each run. */
export function fillTable(element, tracks) {
  const focused = element.contains(document.activeElement) && document.activeElement.className === "close";
  element.innerHTML = `<button type="button" class="close" aria-label="Close the table">✕</button>${tracks.map((track, n) => month(track, tracks.length > 1 ? `${"AB"[n]}: ${track.words.title}, month` : "Month")).join("")}`;
  if (focused) element.querySelector(".close").focus();
}

function month(track, title) {
  const { words, hubs, firms } = track;
  const kinds = words.kinds.map((kind, k) => [words.kind_words[k], fixed(track.last(`networks_${kind}`), 0), fixed(track.last(`members_${kind}`), 0), fixed(track.last(`value_${kind}`) / 1e6, 2), fixed(track.last(`attitude_in_${kind}`), 2), fixed(track.yearChange(`attitude_in_${kind}`), 2)]);
  const vendors = words.names.vendors.map((name, v) => [name, fixed(hubs.value[v] / 1e6, 1), String(hubs.ties[v]), fixed(100 * track.last(`wallet_${v}`), 1), fixed(track.last(`attitude_${v}`), 2)]);
  const wedges = new Map();
  for (let row = 0; row < firms.uid.length; row++) {
    if (firms.uid[row] < 0) continue;
    const key = firms.region[row], entry = wedges.get(key) ?? { n: 0, types: new Array(words.type_words.length).fill(0), liking: 0, inside: 0, allies: 0 };
    entry.n++; entry.types[firms.type[row]]++; entry.liking += firms.attitude[row] / 50; entry.inside += firms.kinds[row] ? 1 : 0;
    wedges.set(key, entry);
  }
  for (const { a, b } of track.allies.values()) for (const row of [a, b]) { const entry = wedges.get(firms.region[row]); if (entry && firms.uid[row] >= 0) entry.allies++; }
  const regions = [...wedges].sort((x, y) => x[0] - y[0]).map(([g, e]) => [words.names.regions[g], String(e.n), ...e.types.map(String), fixed((100 * e.inside) / e.n, 0), fixed(e.allies / e.n, 1), fixed(e.liking / e.n, 2)]);
  const forms = [3, 2, 1].map((f) => [words.forms[f], fixed(track.last(`alliances_${words.forms[f]}`), 0)]);
  return `<h2>${escape(title)} ${track.since}: ${track.partners} partners</h2><p>${escape(track.headline.networks)} ${escape(track.headline.apart)} ${escape(track.headline.loyalty)}</p>
    ${one("Networks", ["kind", "networks", "members", "deal value, million $", "attitude of members", "change in a year"], kinds)}
    ${one("Vendors", ["vendor", "channel sales a year, million $", "partners", "share of wallet, %", "attitude"], vendors)}
    ${one("Firms by region", ["region", "firms", ...words.type_words, "in networks, %", "alliances a firm", "attitude to main vendor"], regions)}
    ${one("Alliances", ["form", "in force"], forms)}`;
}

function one(caption, heads, rows) {
  return `<div class="wide"><table><caption>${caption}</caption><thead><tr>${heads.map((h, n) => `<th scope="col"${n ? ' class="n"' : ""}>${escape(h)}</th>`).join("")}</tr></thead><tbody>${rows.map((r) => `<tr>${r.map((c, n) => (n ? `<td class="n">${escape(c)}</td>` : `<th scope="row">${escape(c)}</th>`)).join("")}</tr>`).join("")}</tbody></table></div>`;
}
