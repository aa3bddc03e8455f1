// The charts: Plotly lines of what has passed, the present month marked; a click on a point goes there.

import { difference } from "./differences.js";
import { marked } from "./marks.js";
import { palettes } from "./palette.js";

const BETWEEN = 250; // milliseconds between two updates, one chart each
const SHARE = 8; // a chart is followed by so many times the time that it took, in which no other is drawn
const BARS = 48; // of a cause: more could not be told apart

const CAUSES = { experience: "own experience", others: "peers and hosts", taken_on: "vendors taken on", dropped: "vendors dropped", came_and_went: "who came and went" };
const causeColour = (palette, c) => palette.series[[5, 4, 3, 6, 9][c]];

/** What is drawn: title, unit, and the lines as [series, label, colour, scale]. */
function plans(words, palette, group, two) {
  const kinds = (what, scale = 1) => words.kinds.map((kind, k) => [`${what}_${kind}`, words.kind_words[k], palette.kinds[k], scale]);
  const vendors = (what, scale = 1) => words.names.vendors.map((name, v) => [`${what}_${v}`, name, palette.series[v % palette.series.length], scale]);
  return [
    ...(two ? [{ id: "gap", title: "Difference: attitude, B less A", unit: "of −1..1", gap: [["attitude", "all partners", palette.text], ...words.kinds.map((kind, k) => [`attitude_in_${kind}`, words.kind_words[k], palette.kinds[k]])] }, { id: "gap-networks", title: "Difference: memberships, B less A", unit: "a partner", gap: [["memberships_per_partner", "memberships a partner", palette.text]] }] : []),
    { id: "account", title: "What moved loyalty", unit: "change of attitude in 12 months", account: group, tall: true },
    { id: "loyalty", title: "Attitude of members, by kind of network", unit: "−1..1", lines: [...kinds("attitude_in"), ["attitude_in_none", "in no network", palette.quiet, 1]] },
    { id: "members", title: "Members by kind of network", unit: "memberships", lines: kinds("members") },
    { id: "alliances", title: "Alliances by form", unit: "in force", lines: [3, 2, 1].map((f) => [`alliances_${words.forms[f]}`, words.forms[f], `rgb(${palette.forms[f].join(",")})`, 1]) },
    { id: "wallet", title: "Share of wallet by vendor", unit: "% of purchases", lines: vendors("wallet", 100) },
    { id: "attitude", title: "Attitude by vendor", unit: "−1..1", lines: vendors("attitude") },
    { id: "value", title: "Deal value by kind of network", unit: "million $ a month", lines: kinds("value", 1e-6) },
    { id: "synergy", title: "Synergy: surplus ÷ outside options", unit: "ratio", ratio: ["synergy_surplus", "synergy_outside"] },
    { id: "networks", title: "Networks by kind", unit: "open", lines: kinds("networks") },
  ];
}

export class Charts {
  constructor(element, shared, go, playing) {
    Object.assign(this, { element, shared, go, playing, group: "all", drawnAt: new Map(), next: 0, hidden: new Set(), places: new Map(), tracks: [] });
    this.visible = new Set();
    this.watch = new IntersectionObserver((entries) => entries.forEach((e) => (e.isIntersecting ? this.visible.add(e.target.id) : this.visible.delete(e.target.id))), { root: null, rootMargin: "80px" });
  }

  /** The places of the charts, once the words are known. */
  build(words) {
    this.words = words;
    this.element.innerHTML = "";
    this.places.clear();
    this.two = this.tracks.length > 1;
    for (const plan of this.plans()) {
      const title = document.createElement("h2");
      title.className = "chart-title";
      title.append(plan.title, " ");
      title.append(Object.assign(document.createElement("small"), { textContent: plan.unit }));
      if (plan.account) title.append(this.chooser(words));
      const place = document.createElement("div");
      place.className = `chart${plan.tall ? " tall" : ""}`;
      place.id = `chart-${plan.id}`;
      this.element.append(title, this.key(plan), place);
      this.places.set(plan.id, place);
      this.watch.observe(place);
    }
    this.stale = new Set(this.places.keys());
  }

  /** The names and colours of the lines; a click hides one or shows it again. */
  key(plan) {
    const key = document.createElement("div");
    key.className = "chart-key";
    const names = plan.account ? this.words.causes.map((cause, c) => [CAUSES[cause], causeColour(palettes[this.shared.theme], c)])
      : plan.gap ? plan.gap.map(([, label, colour]) => [label, colour]) : plan.lines ? plan.lines.map(([, label, colour]) => [label, colour]) : [];
    if (names.length < 2) return key;
    names.forEach(([label, colour], n) => {
      const button = document.createElement("button"), mark = document.createElement("i"), name = `${plan.id}/${n}`;
      mark.style.background = colour;
      button.type = "button";
      button.setAttribute("aria-pressed", String(!this.hidden.has(name)));
      button.append(mark, label);
      button.addEventListener("click", () => {
        if (!this.hidden.delete(name)) this.hidden.add(name);
        button.setAttribute("aria-pressed", String(!this.hidden.has(name)));
        this.stale.add(plan.id);
      });
      key.append(button);
    });
    return key;
  }

  plans() { return plans(this.words, palettes[this.shared.theme], this.group, this.two); }

  chooser(words) {
    const select = document.createElement("select");
    select.setAttribute("aria-label", "Whose loyalty, or to which vendor");
    const labels = ["all partners", ...words.kind_words.map((k) => `${k} networks`), "in no network"];
    const choices = { "Of partners": words.groups.map((group, n) => [labels[n], group]), "To a vendor": words.names.vendors.map((name, v) => [`to ${name}`, `to_${v}`]) };
    for (const [label, options] of Object.entries(choices)) {
      const group = Object.assign(document.createElement("optgroup"), { label });
      group.append(...options.map(([name, value]) => new Option(name, value, false, value === this.group)));
      select.add(group);
    }
    select.addEventListener("change", () => { this.group = select.value; this.chosen = true; this.stale.add("account"); });
    this.select = select;
    return select;
  }

  /** Show the account that the headline speaks of, until a viewer chooses. */
  follow({ vendor, eroding }) {
    if (this.chosen || !this.select) return;
    const next = vendor !== null ? `to_${vendor}` : eroding ?? "all";
    if (next !== this.group) { this.group = next; this.select.value = next; this.stale.add("account"); }
  }

  show(tracks) {
    this.tracks = tracks;
    if (!tracks[0]?.words) return;
    const words = JSON.stringify(tracks[0].words);
    if (this.known !== words || this.two !== tracks.length > 1 || this.painted !== this.shared.theme) { this.known = words; this.painted = this.shared.theme; this.build(tracks[0].words); }
    for (const id of this.places.keys()) this.stale.add(id);
  }

  /** Called before each repaint: at most one chart and, while a run plays, four a second and most of the time none. */
  frame(now) {
    if (!window.Plotly || !this.stale?.size || now < this.next || this.element.hidden) return;
    if (!this.tracks[0]?.words || this.two !== this.tracks.length > 1) return; // a run is about to begin or to end: built anew first
    const ids = [...this.places.keys()].filter((id) => this.stale.has(id) && this.visible.has(`chart-${id}`));
    if (!ids.length) return;
    const id = ids.reduce((one, other) => ((this.drawnAt.get(other) ?? 0) < (this.drawnAt.get(one) ?? 0) ? other : one)); // who waited longest
    this.stale.delete(id);
    const began = performance.now();
    this.draw(this.plans().find((p) => p.id === id));
    this.drawnAt.set(id, now);
    this.next = now + (this.playing() ? Math.max(BETWEEN, SHARE * (performance.now() - began)) : 0);
  }

  draw(plan) {
    const place = this.places.get(plan.id), palette = palettes[this.shared.theme], { words } = this, first = this.tracks[0];
    const months = (values) => values.map((_, n) => n + 1 - words.burn_in);
    let traces = plan.account ? this.account(first, palette) : plan.gap ? this.gaps(plan) : this.tracks.flatMap((track, t) => this.lines(plan, track, t, months));
    const count = plan.lines?.length ?? traces.length;
    traces = traces.map((trace, n) => ({ ...trace, visible: !this.hidden.has(`${plan.id}/${n % count}`) }));
    const colours = { line: `rgb(${palette.forms[3].join(",")})`, text: palette.text };
    const range = [1 - words.burn_in, Math.max(12, first.known - words.burn_in)];
    const marks = marked(this.tracks.flatMap((track) => track.events), range, colours);
    const layout = {
      annotations: marks.annotations,
      margin: { l: 36, r: 6, t: 6 + marks.height, b: 32 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { size: 10.5, color: palette.quiet }, showlegend: false, hovermode: "closest", barmode: "relative", bargap: 0,
      uirevision: plan.id,
      xaxis: { range, title: { text: "month", standoff: 3, font: { size: 10 } }, zeroline: false, gridcolor: palette.grid, fixedrange: true }, yaxis: { gridcolor: palette.grid, zerolinecolor: palette.quiet, fixedrange: true, rangemode: plan.lines || plan.ratio ? "normal" : "tozero" },
      shapes: [
        { type: "line", x0: first.since, x1: first.since, yref: "paper", y0: 0, y1: 1, line: { color: palette.text, width: 1.2 } },
        { type: "line", x0: 0, x1: 0, yref: "paper", y0: 0, y1: 1, line: { color: palette.quiet, width: 0.8, dash: "dot" } },
        ...marks.shapes,
      ],
    };
    window.Plotly.react(place, traces, layout, { displayModeBar: false, responsive: true });
    if (!place.wired) { place.wired = true; place.on("plotly_click", ({ points }) => this.go(Math.round(points[0].x) + this.words.burn_in)); }
  }

  lines(plan, track, t, months) {
    const palette = palettes[this.shared.theme], dash = t ? "dot" : "solid";
    const one = (y, name, color) => ({ type: "scatter", mode: "lines", x: months(y), y, name, line: { color, width: t ? 1.4 : 1.5, dash }, showlegend: !t, hovertemplate: `${name}${t ? ", beside" : ""}: %{y:.3g}, month %{x}<extra></extra>` });
    if (plan.ratio) {
      const [above, below] = plan.ratio.map((name) => track.series[name] ?? []);
      return [one(above.map((v, n) => v / below[n]), "surplus ÷ outside options", palette.series[0])];
    }
    return plan.lines.filter(([name]) => track.series[name]).map(([name, label, colour, scale]) => one(track.series[name].map((v) => v * scale), label, colour));
  }

  /** The second run less the first, with its zero line. */
  gaps(plan) {
    const [a, b] = this.tracks;
    return plan.gap.map(([name, label, color]) => {
      const y = difference(a.series[name], b.series[name]);
      return { type: "scatter", mode: "lines", x: y.map((_, n) => n + 1 - this.words.burn_in), y, name: label, line: { color, width: 1.6 }, hovertemplate: `${label}: %{y:+.3g}, month %{x}<extra></extra>` };
    });
  }

  /** Sums over 12 months of what moved attitude, as stacked bars; of a long run every so many months, the present among them. */
  account(track, palette) {
    const months = this.words.series.includes("attitude") ? track.series.attitude?.length ?? 0 : 0, every = Math.max(1, Math.ceil((months - 11) / BARS));
    const ends = [];
    for (let month = track.month; month >= 12; month -= every) ends.unshift(month);
    for (let month = track.month + every; month <= months; month += every) ends.push(month);
    return this.words.causes.map((cause, c) => {
      const values = track.series[`account_${this.group}_${cause}`] ?? [];
      const y = ends.map((end) => { let sum = 0; for (let n = end - 12; n < end; n++) sum += values[n]; return sum; });
      return { type: "bar", x: ends.map((end) => end - this.words.burn_in), y, width: every, name: CAUSES[cause], marker: { color: causeColour(palette, c), line: { width: 0 } }, hovertemplate: `${CAUSES[cause]}: %{y:+.3f}, 12 months to month %{x}<extra></extra>` };
    });
  }
}
