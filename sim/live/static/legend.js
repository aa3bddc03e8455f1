// The legend: what shapes, colours and lines mean, how many there are, and what to hide; loyalty by kind of network.

import { HUB_SHAPES, TYPE_SHAPES, diverging, palettes, shape } from "./palette.js";
import { SvgPen } from "./svg.js";

function mark(draw) {
  const pen = new SvgPen(16, 16);
  draw(pen);
  return `<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">${pen.parts.join("")}</svg>`;
}

const dot = (kind, colour, r = 5) => mark((pen) => { pen.fillStyle = colour; pen.beginPath(); shape(pen, kind, 8, 8, r); pen.fill(); });
const line = ([r, g, b], width) => mark((pen) => { pen.strokeStyle = `rgb(${r},${g},${b})`; pen.lineWidth = width; pen.beginPath(); pen.moveTo(1, 11); pen.quadraticCurveTo(8, 2, 15, 11); pen.stroke(); });
const arc = (colour, kind, quiet) => mark((pen) => {
  pen.fillStyle = quiet; pen.beginPath(); pen.moveTo(11, 8); pen.arc(8, 8, 3, 0, 2 * Math.PI); pen.fill();
  pen.strokeStyle = colour; pen.lineWidth = 2.4; const start = -Math.PI / 2 + (2 * Math.PI * kind) / 5 - 0.5; pen.beginPath(); pen.arc(8, 8, 6, start, start + 1); pen.stroke();
});

export class Legend {
  constructor(element, shared, changed) {
    Object.assign(this, { element, shared, changed });
    element.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-group]");
      if (button) this.toggle(button.dataset.group, button.dataset.key);
    });
  }

  toggle(group, key) {
    const { shared } = this, { filter } = shared;
    if (group === "kinds") { shared.spotKind = shared.spotKind === Number(key) ? -1 : Number(key); shared.spotNetwork = -1; }
    else if (group === "ties") filter.ties = !filter.ties;
    else filter[group][key] = !filter[group][key];
    this.changed();
  }

  show(track) {
    const { shared } = this, { filter } = shared, palette = palettes[shared.theme], { firms } = track, words = track.words;
    const types = new Array(words.type_words.length).fill(0), forms = {};
    for (let row = 0; row < firms.uid.length; row++) if (firms.uid[row] >= 0) types[firms.type[row]]++;
    for (const tie of track.allies.values()) forms[tie.form] = (forms[tie.form] ?? 0) + 1;
    const row = (group, key, on, icon, label, count, more = "") => `<button type="button" data-group="${group}" data-key="${key}" aria-pressed="${on}">${icon}<span>${label}</span><b>${count}</b>${more}</button>`;
    const change = (kind) => {
      const by = track.yearChange(`attitude_in_${kind}`);
      if (!Number.isFinite(by)) return "<i></i>";
      const sign = by <= -0.005 ? "down" : by >= 0.005 ? "up-word" : "quiet";
      return `<i class="${sign}" title="attitude ${track.last(`attitude_in_${kind}`).toFixed(2)}, change in a year">${by <= -0.005 ? "▼" : by >= 0.005 ? "▲" : "="} ${by.toFixed(2).replace("-", "−")}</i>`;
    };
    const members = (k) => Math.round(track.last(`members_${words.kinds[k]}`)) || 0;
    const html = [
      "<h2>Firms</h2>", ...words.type_words.map((word, t) => row("types", t, filter.types[t], dot(TYPE_SHAPES[t], shared.colour === "type" ? palette.types[t] : palette.quiet, 4.6), word, types[t])),
      "<h2>Hubs (size: share of sales)</h2>", ...["vendor", "distributor", "marketplace"].map((sort) => row("hubs", sort, filter.hubs[sort], dot(HUB_SHAPES[sort], palette[sort], 6), `${sort}s`, there(track, sort))),
      "<h2>Alliances</h2>", ...[3, 2, 1].map((form) => row("forms", form, filter.forms[form], line(palette.forms[form], { 3: 2.6, 2: 1.6, 1: 0.9 }[form]), words.forms[form], forms[form] ?? 0)),
      row("ties", "", filter.ties, line([120, 150, 200], 1), "main vendor (faint)", ""),
      "<h2>Members · loyalty in a year</h2>", ...words.kinds.map((kind, k) => row("kinds", k, shared.spotKind < 0 || shared.spotKind === k, arc(palette.kinds[k], k, palette.quiet), words.kind_words[k], members(k), change(kind))),
      `<p>${shared.colour === "loyalty" ? `Colour: attitude to the main vendor, ${scale(palette)}` : shared.colour === "vendor" ? "Colour: main vendor" : "Opacity: attitude to the main vendor"}. ${shared.bubbles ? "Bubble: firms of one kind and size; ring: share in networks. Amber rings: alliances within a wedge." : "Size: revenue."}</p>`,
    ].join("");
    if (html === this.html) return;
    const focused = document.activeElement?.dataset?.group ? [document.activeElement.dataset.group, document.activeElement.dataset.key] : null;
    this.element.innerHTML = this.html = html;
    if (focused) this.element.querySelector(`[data-group="${focused[0]}"][data-key="${focused[1]}"]`)?.focus();
  }
}

function there(track, sort) {
  let n = 0;
  for (let hub = 0; hub < track.hubs.active.length; hub++) n += track.hubSort(hub) === sort && track.hubs.active[hub] ? 1 : 0;
  return n;
}

function scale(palette) {
  return `<span style="color:${diverging(palette, -0.5)}">■ bad</span> <span style="color:${diverging(palette, 0)}">■</span> <span style="color:${diverging(palette, 0.5)}">■ good</span>`;
}
