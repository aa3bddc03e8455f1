// Finding a firm, a hub or a network by its name.

export class Search {
  constructor(form, on) {
    this.box = form.querySelector("input");
    this.list = form.querySelector("datalist");
    this.on = on;
    this.box.addEventListener("input", () => this.suggest());
    this.box.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); this.box.value = ""; this.box.blur(); } });
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

  /** Open what has the name: there now, or a firm that left; else what comes nearest, and say so. */
  async find(text) {
    const wanted = text.trim(), [best] = this.matches(wanted), exact = best?.rank === -1;
    if (!wanted) return;
    const gone = exact ? null : await this.on.gone(wanted);
    if (!best && !gone) { this.box.setCustomValidity("nothing has that name"); this.box.reportValidity(); setTimeout(() => this.box.setCustomValidity(""), 1500); return; }
    if (gone) this.on.left(gone);
    else {
      this.on[best.what](best.n);
      if (!exact) this.on.notice(`Nothing here is called “${wanted}”; the nearest name is ${best.name}.`);
    }
    this.box.value = (gone ?? best).name;
    this.box.blur();
  }
}
