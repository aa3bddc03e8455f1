// The levers of the scenario as sliders; moving one is an event of the present month.

import { escape } from "./card.js";

const short = (x) => Number(x.toPrecision(6));

/** The round number, 1, 2 or 5 with noughts, next below or above a positive one. */
function round(x, up) {
  const unit = 10 ** Math.floor(Math.log10(x)), first = short(x / unit);
  return short(unit * (up ? [1, 2, 5, 10].find((n) => n >= first) : [5, 2, 1].find((n) => n <= first)));
}

/** The slider of a lever: all that is allowed or, where its steps would be too coarse for the present value, the lower part. */
function slider({ low, high, value, kind }) {
  const steps = (top) => (kind === "whole" ? 1 : round((top - low) / 200, false)), fine = !value || steps(high) <= Math.abs(value) / 4;
  const top = fine ? high : Math.min(high, round(4 * Math.abs(value), true));
  return { top, step: steps(top) };
}

export class Levers {
  constructor(element, feed) {
    this.element = element;
    this.feed = feed;
    this.track = 0;
    element.addEventListener("input", (event) => { const box = event.target.closest("[data-key]"); if (box?.type === "range") box.parentElement.querySelector("[type=number]").value = box.value; });
    element.addEventListener("change", (event) => {
      if (event.target.name === "which") { this.track = Number(event.target.value); this.built = ""; this.show(this.state); return; }
      const box = event.target.closest("[data-key]");
      if (box && box.reportValidity()) box.defaultValue = box.value; else return;
      feed.tell({ do: "steer", track: this.track, key: box.dataset.key, value: box.type === "checkbox" ? Number(box.checked) : Number(box.value) });
    });
  }

  show(state) {
    this.state = state;
    if (!state.tracks.length) return;
    this.track = Math.min(this.track, state.tracks.length - 1);
    const { levers, moves } = state.tracks[this.track], early = state.month < state.burn_in;
    const built = JSON.stringify([levers, moves, state.tracks.length, this.track, state.controls, early]);
    const busy = this.element.contains(document.activeElement) ? document.activeElement : null;
    if (built === this.built || busy?.type === "range" && busy.matches(":active") || busy?.type === "number" && busy.value !== busy.defaultValue) return;
    this.built = built;
    const focus = busy?.dataset.key;
    const groups = Map.groupBy ? Map.groupBy(levers, (l) => l.group) : levers.reduce((m, l) => m.set(l.group, [...(m.get(l.group) ?? []), l]), new Map());
    this.moved = new Set(moves.map((move) => move.key));
    const off = state.controls && !early ? "" : "disabled";
    this.element.innerHTML = `
      <p class="quiet">Levers act from the present month on and are recorded as events of the scenario; what came after this month before is dropped${state.tracks.length > 1 ? "" : " (branch first to compare)"}.${early ? " They act once burn-in is over." : ""}</p>
      ${state.tracks.length > 1 ? `<fieldset><legend>Act on</legend>${state.tracks.map((t, n) => `<label><input type="radio" name="which" value="${n}" ${n === this.track ? "checked" : ""}> ${n ? "B, right" : "A, left"}: ${escape(t.title)}</label><br>`).join("")}</fieldset>` : ""}
      ${moves.length ? `<h2 class="chart-title">Moved so far</h2><ol class="moves">${moves.map((m) => `<li>month ${m.month}: ${escape(m.key)} = ${escape(m.value)}</li>`).join("")}</ol>` : ""}
      ${[...groups].map(([group, list]) => `<fieldset ${off}><legend>${escape(group)}</legend>${list.map((l) => this.one(l)).join("")}</fieldset>`).join("")}`;
    if (focus) this.element.querySelector(`[data-key="${CSS.escape(focus)}"][type="${busy.type}"]`)?.focus();
  }

  one(lever) {
    const id = `lever-${lever.key.replace(/\W/g, "-")}`, key = `data-key="${escape(lever.key)}" aria-describedby="${id}-meaning"`, meaning = `<small class="meaning" id="${id}-meaning">${escape(lever.meaning)}</small>`;
    if (lever.kind === "switch") return `<div class="lever"><label for="${id}">${escape(lever.label)}</label><input type="checkbox" id="${id}" ${key} ${lever.value ? "checked" : ""}>${meaning}</div>`;
    const { top, step } = slider(lever), value = this.moved.has(lever.key) ? lever.value : Number(lever.value.toPrecision(3)), name = `${escape(lever.label)} <small>${escape(lever.unit)}</small>`;
    return `<div class="lever"><label for="${id}">${name}</label><input type="number" aria-label="${escape(lever.label)}, ${escape(lever.unit)}" ${key} min="${lever.low}" max="${lever.high}" step="${lever.kind === "whole" ? 1 : "any"}" value="${value}" required><input type="range" id="${id}" ${key} min="${lever.low}" max="${top}" step="${step}" value="${lever.value}">${meaning}</div>`;
  }
}
