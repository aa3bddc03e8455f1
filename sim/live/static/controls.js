// Buttons, keys and the timeline: they show the state of the run and ask for another.

const $ = (id) => document.getElementById(id);

const KEYS = [["space", "play or pause"], ["← →", "a month back, a month on"], ["+ −", "zoom; drag to move, double click to see all"], ["/", "find a firm"], ["g", "the guided minute"], ["t", "the picture as a table"], ["l", "light or dark"], ["Esc", "close the card, end filters and guide"], ["?", "this help"]];
const MEANING = [
  ["Centre", "marketplaces (diamonds); then a ring of vendors (discs) and one of distributors (squares); the larger, the more they sell"],
  ["Wedges", "partners by region, vertical or network; larger firms stand further in; shape and colour tell the kind of firm, opacity (or colour) its attitude to its main vendor"],
  ["Amber lines", "alliances, through the gateways of the regions: formal ones bright, projects faint; a new one flashes, one that ends flashes dashed and red"],
  ["Arcs around a firm", "its networks: each kind has a colour and a place on the ring; click a kind in the legend to see its members only"],
];

const WORDS = [
  ["Attitude", "how well a partner speaks of a vendor, from −1 to 1; it is what loyalty in words means here"],
  ["Own experience", "what a partner has lived through with a vendor (margin, benefits, support, conflict with its direct sales) against what it expected"],
  ["Peers and hosts", "attitude less own experience: how far what fellow members and hosts of its networks say pulls it up or down"],
  ["Share of wallet", "what a partner buys of a vendor, as a share of all that it buys in a year; loyalty in deeds"],
  ["Trust", "what two allies think of each other, from 0 to 1, after their joint deals"],
];
const CHARTS = [
  ["Lines", "months run to the right, 0 is the end of burn-in (dotted); the full line is the present month; a dashed line with a label is an event of the scenario or a lever moved; click a point to go to its month"],
  ["What moved loyalty", "for each month, by how much each cause has changed the mean attitude over the 12 months before; the causes add up to the change. Choose whose: all partners, those in a kind of network, or attitude to one vendor"],
];

export class Controls {
  constructor(on) {
    this.on = on;
    const click = (id, what) => $(id).addEventListener("click", what);
    click("play", () => this.toggle());
    click("step", () => on.tell({ do: "step" }));
    click("back", () => this.back());
    click("branch", () => on.tell({ do: "branch" }));
    click("alone", () => on.tell({ do: "alone", keep: 0 }));
    click("alone-b", () => on.tell({ do: "alone", keep: 1 }));
    click("prolong", () => on.tell({ do: "prolong", months: 60 }));
    click("claim", () => on.tell({ do: "claim" }));
    click("theme", on.theme);
    click("table-button", on.table);
    $("table").addEventListener("click", (event) => { if (event.target.closest(".close")) on.table(); });
    click("tour", on.guide);
    click("help", () => this.help());
    click("save-png", () => on.save("png"));
    click("save-svg", () => on.save("svg"));
    click("copy-link", () => this.copy());
    click("tab-charts", () => this.tab("charts"));
    click("tab-levers", () => this.tab("levers"));
    document.querySelector(".tabs").addEventListener("keydown", (event) => { if (event.key.startsWith("Arrow")) { event.preventDefault(); event.stopPropagation(); this.tab($("charts").hidden ? "charts" : "levers", true); } });
    $("speed").addEventListener("change", (event) => on.tell({ do: "speed", value: Number(event.target.value) }));
    $("time").addEventListener("input", (event) => { $("month").textContent = `month ${Number(event.target.value) - (this.state?.burn_in ?? 0)}`; });
    $("time").addEventListener("change", (event) => on.tell({ do: "go", month: Math.min(Number(event.target.value), this.known ?? 0) }));
    $("by").value = on.shared.by; $("colour").value = on.shared.colour;
    $("by").addEventListener("change", (event) => on.by(event.target.value));
    $("colour").addEventListener("change", (event) => on.colour(event.target.value));
    $("beside").addEventListener("change", (event) => { if (event.target.value) on.tell({ do: "beside", scenario: event.target.value }); event.target.value = ""; });
    $("restart").addEventListener("submit", (event) => { event.preventDefault(); this.restart(); });
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("click", (event) => document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
  }

  toggle() { this.on.tell({ do: this.state?.playing ? "pause" : "play" }); }
  back() { if (this.state?.month > 0) this.on.tell({ do: "go", month: this.state.month - 1 }); }

  restart() {
    const scenario = $("scenario").value, seed = $("seed").value, partners = $("partners").value;
    const command = { do: "restart" };
    if (scenario !== this.state.scenario) command.scenario = scenario;
    if (seed !== "") command.seed = Number(seed);
    if (partners !== "") command.partners = Number(partners);
    this.on.tell(command);
    $("restart-menu").open = false;
  }

  async copy() {
    try { await navigator.clipboard.writeText(location.href); this.on.notice("The link is copied."); } catch { this.on.notice(location.href, true); }
  }

  tab(name, focus) {
    for (const other of ["charts", "levers"]) {
      $(other).hidden = other !== name;
      $(`tab-${other}`).setAttribute("aria-selected", String(other === name));
      $(`tab-${other}`).tabIndex = other === name ? 0 : -1;
    }
    if (focus) $(`tab-${name}`).focus();
  }

  help() {
    const dialog = $("keys");
    const list = (title, lines) => `<h2>${title}</h2><dl>${lines.map(([what, how]) => `<dt>${what}</dt><dd>${how}</dd>`).join("")}</dl>`;
    dialog.innerHTML = `${list("What you see", MEANING)}${list("What the words mean", WORDS)}${list("The charts", CHARTS)}<h2>Keys</h2><dl>${KEYS.map(([key, what]) => `<dt><kbd>${key}</kbd></dt><dd>${what}</dd>`).join("")}</dl><form method="dialog"><button>Close</button></form>`;
    dialog.showModal();
    dialog.scrollTop = 0; // the focus is on Close, which is last
  }

  key(event) {
    const typing = event.target.closest("input:not([type=range]):not([type=checkbox]):not([type=radio]), select, textarea");
    if ($("keys").open || event.ctrlKey || event.metaKey || event.altKey || (typing && event.key !== "Escape")) return;
    const range = event.target.matches?.("input[type=range]"), pressed = event.target.closest?.("button, summary, a");
    const actions = {
      " ": () => this.toggle(), ArrowRight: () => this.on.tell({ do: "step" }), ArrowLeft: () => this.back(), "+": () => this.on.zoom(1.3), "=": () => this.on.zoom(1.3), "-": () => this.on.zoom(1 / 1.3),
      "/": () => $("search-box").focus(), g: this.on.guide, t: this.on.table, l: this.on.theme, "?": () => this.help(), Escape: () => { if (!$("table").hidden) this.on.table(); else this.on.unpin(); },
    };
    if (!(event.key in actions) || (range && event.key.startsWith("Arrow")) || (pressed && event.key === " ")) return;
    event.preventDefault();
    actions[event.key]();
  }

  show(state, track) {
    this.state = state;
    this.known = state.tracks[0]?.known ?? state.last;
    $("title").textContent = state.tracks.length === 1 ? state.tracks[0].title : track?.words?.title ?? "channel-sim";
    $("question").textContent = state.tracks.length > 1 ? "" : track?.words?.question ?? "";
    $("play").textContent = state.playing ? "Pause" : "Play";
    $("play").setAttribute("aria-pressed", String(state.playing));
    for (const id of ["play", "step", "speed"]) $(id).disabled = !state.controls || state.opening || (state.ended && id !== "speed");
    for (const id of ["back", "branch", "beside", "time"]) $(id).disabled = !state.controls || state.opening;
    for (const id of ["alone", "alone-b"]) $(id).hidden = state.tracks.length < 2 || !state.controls;
    $("save-scenario-b").hidden = state.tracks.length < 2;
    $("prolong").hidden = !state.ended || !state.controls || state.last - state.burn_in >= 1200 || !state.tracks.length;
    $("claim").hidden = state.controls || state.controlled || state.role !== "control";
    $("time").max = state.last ?? 156;
    this.tick(state);
    if (Number($("speed").value) !== state.speed && [...$("speed").options].some((o) => Number(o.value) === state.speed)) $("speed").value = state.speed;
    this.lists(state);
  }

  /** The clock and the timeline. */
  tick(state) {
    const time = $("time"), since = (state.month ?? 0) - (state.burn_in ?? 0);
    this.known = state.tracks[0]?.known ?? state.last;
    if (!time.matches(":active")) time.value = state.month ?? 0;
    const text = since < 0 ? `burn-in, ${-since} to go` : `month ${since} of ${(state.last ?? 0) - (state.burn_in ?? 0)}`;
    $("month").textContent = text;
    $("time").setAttribute("aria-valuetext", text);
  }

  lists(state) {
    const key = state.scenarios.join();
    if (key !== this.listed) {
      this.listed = key;
      for (const name of state.scenarios) { $("scenario").add(new Option(name, name)); $("beside").add(new Option(name.replaceAll("_", " "), name)); }
    }
    if (!$("restart-menu").open) {
      if (![...$("scenario").options].some((o) => o.value === state.scenario)) $("scenario").add(new Option(state.scenario, state.scenario));
      $("scenario").value = state.scenario;
      $("seed").value = state.tracks[0]?.seed ?? "";
    }
  }
}
