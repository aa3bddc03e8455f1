// The levers of the scenario as sliders; moving one is an event of the present month.

import { escape } from "./card.js";

const shown = (lever, value) => (lever.kind === "switch" ? (value ? "on" : "off") : Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en") : Number(value.toPrecision(3)).toString());

export class Levers {
  constructor(element, feed) {
    this.element = element;
    this.feed = feed;
    this.track = 0;
    element.addEventListener("input", (event) => { const box = event.target.closest("[data-key]"); if (box?.type === "range") box.parentElement.querySelector("output").textContent = shown(this.known.get(box.dataset.key), Number(box.value)); });
    element.addEventListener("change", (event) => {
      if (event.target.name === "which") { this.track = Number(event.target.value); this.built = ""; this.show(this.state); return; }
      const box = event.target.closest("[data-key]");
      if (box) feed.tell({ do: "steer", track: this.track, key: box.dataset.key, value: box.type === "checkbox" ? Number(box.checked) : Number(box.value) });
    });
  }

  show(state) {
    this.state = state;
    if (!state.tracks.length) return;
    this.track = Math.min(this.track, state.tracks.length - 1);
    const { levers, moves } = state.tracks[this.track], early = state.month < state.burn_in;
    this.known = new Map(levers.map((lever) => [lever.key, lever]));
    const built = JSON.stringify([levers, moves, state.tracks.length, this.track, state.controls, early]);
    if (built === this.built || this.element.contains(document.activeElement) && document.activeElement.type === "range" && document.activeElement.matches(":active")) return;
    this.built = built;
    const focus = document.activeElement?.dataset?.key;
    const groups = Map.groupBy ? Map.groupBy(levers, (l) => l.group) : levers.reduce((m, l) => m.set(l.group, [...(m.get(l.group) ?? []), l]), new Map());
    const off = state.controls && !early ? "" : "disabled";
    this.element.innerHTML = `
      <p class="quiet">Levers act from the present month on and are recorded as events of the scenario; what came after this month before is dropped${state.tracks.length > 1 ? "" : " (branch first to compare)"}.${early ? " They act once burn-in is over." : ""}</p>
      ${state.tracks.length > 1 ? `<fieldset><legend>Act on</legend>${state.tracks.map((t, n) => `<label><input type="radio" name="which" value="${n}" ${n === this.track ? "checked" : ""}> ${n ? "B, right" : "A, left"}: ${escape(t.title)}</label><br>`).join("")}</fieldset>` : ""}
      ${moves.length ? `<h2 class="chart-title">Moved so far</h2><ol class="moves">${moves.map((m) => `<li>month ${m.month}: ${escape(m.key)} = ${escape(m.value)}</li>`).join("")}</ol>` : ""}
      ${[...groups].map(([group, list]) => `<fieldset ${off}><legend>${escape(group)}</legend>${list.map((l) => this.one(l)).join("")}</fieldset>`).join("")}`;
    if (focus) this.element.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus();
  }

  one(lever) {
    const id = `lever-${lever.key.replace(/\W/g, "-")}`;
    if (lever.kind === "switch") return `<div class="lever"><label for="${id}">${escape(lever.label)}</label><input type="checkbox" id="${id}" data-key="${escape(lever.key)}" ${lever.value ? "checked" : ""}></div>`;
    const high = Math.min(lever.high, Math.max(4 * Math.abs(lever.value), lever.low + 0.1 * (lever.high - lever.low))), step = lever.kind === "whole" ? 1 : (high - lever.low) / 200;
    return `<div class="lever"><label for="${id}">${escape(lever.label)} <small>${escape(lever.unit)}</small></label><output>${shown(lever, lever.value)}</output><input type="range" id="${id}" data-key="${escape(lever.key)}" min="${lever.low}" max="${high}" step="${step}" value="${lever.value}"></div>`;
  }
}
