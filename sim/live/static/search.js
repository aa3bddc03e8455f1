// Finding a firm, a hub or a network by its name.

export class Search {
  constructor(form, on) {
    this.box = form.querySelector("input");
    this.list = form.querySelector("datalist");
    this.on = on;
    this.box.addEventListener("input", () => this.suggest());
    this.box.addEventListener("keydown", (event) => { if (event.key === "Escape") { this.box.value = ""; this.box.blur(); } });
    form.addEventListener("submit", (event) => { event.preventDefault(); this.find(this.box.value); });
  }

  fill(track) { this.track = track; }

  /** Names that contain the text, the ones that begin with it first. */
  matches(text) {
    const { track } = this, needle = text.trim().toLowerCase(), out = [];
    if (!needle || !track?.firms) return out;
    const add = (name, what, n) => { const at = name.toLowerCase().indexOf(needle); if (at >= 0) out.push({ name, what, n, rank: (name.toLowerCase() === needle ? -1 : at) }); };
    track.names.forEach((name, row) => { if (name && track.firms.uid[row] >= 0) add(name, "firm", row); });
    for (let hub = 0; hub < track.hubs.active.length; hub++) add(track.hubName(hub), "hub", hub);
    track.networkNames.forEach((name, row) => { if (name && track.networks.open[row]) add(name, "network", row); });
    return out.sort((x, y) => x.rank - y.rank || x.name.length - y.name.length).slice(0, 12);
  }

  suggest() {
    this.list.replaceChildren(...this.matches(this.box.value).map(({ name }) => new Option(name, name)));
    const exact = this.matches(this.box.value).find(({ name }) => name === this.box.value);
    if (exact && this.box.value.length > 6 && !/\d$/.test(this.box.value)) this.find(this.box.value);
  }

  find(text) {
    const [best] = this.matches(text);
    if (!best) { this.box.setCustomValidity("nothing has that name"); this.box.reportValidity(); setTimeout(() => this.box.setCustomValidity(""), 1500); return; }
    this.on[best.what](best.n);
    this.box.blur();
  }
}
