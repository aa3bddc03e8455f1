// The first minute: one firm, one alliance, one defection, each explained when it happens.

export class Guide {
  constructor(element, on) {
    this.element = element;
    this.on = on; // { play(on), firm(row), call(rows), tracks(), done() }
    this.step = -1;
    element.addEventListener("click", (event) => { const what = event.target.dataset.guide; if (what === "next") this.next(); else if (what === "end") this.end(); });
  }

  get active() { return this.step >= 0; }

  start() { this.step = -1; this.next(); }

  end() { this.step = -1; this.waiting = null; this.element.hidden = true; this.on.call([]); this.on.done(); }

  say(text, next = "Go on") {
    this.element.innerHTML = `<p></p><div class="row"><button type="button" data-guide="end">End guide</button>${next ? `<button type="button" data-guide="next">${next}</button>` : ""}</div>`;
    this.element.querySelector("p").textContent = text;
    this.element.hidden = false;
    this.element.querySelector("[data-guide='next']")?.focus({ preventScroll: true });
  }

  next() {
    this.step++;
    const track = this.on.tracks()[0];
    if (this.step === 0) {
      const row = typical(track);
      this.on.play(false);
      this.on.call([row]);
      this.on.firm(row);
      const { firms, words } = track;
      const vendor = firms.vendor[row] < words.names.vendors.length ? words.names.vendors[firms.vendor[row]] : "no vendor";
      this.say(`One firm: ${track.nameOf(row)}, one of ${track.partners} partners. It buys most from ${vendor}; the amber lines are the alliances that it works in. Its card tells how each came about.`);
    } else if (this.step === 1) { this.wait("alliance", "Now the months pass. Wait for two firms to sign an alliance …", "One alliance: "); }
    else if (this.step === 2) { this.wait("defection", "Next, a defection: a partner that drops a vendor …", "One defection: "); }
    else if (this.step === 3) { this.on.play(false); this.on.call([]); this.say("That is the whole of it: firms meet in networks, ally when it pays, and keep or drop vendors by what they live through and hear. The line at the top says what this adds up to. Press space to let it run, click any firm for its story, or move a lever.", "Begin"); }
    else this.end();
  }

  wait(sort, before, after) {
    this.waiting = { sort, after, since: this.on.tracks()[0].month };
    this.say(before, "");
    this.on.call([]);
    this.on.play(true);
  }

  /** Called with each month. */
  hear(track) {
    if (!this.waiting) return;
    const caption = track.captions.find((c) => c.sort === this.waiting.sort);
    if (!caption) return;
    const { after } = this.waiting;
    this.waiting = null;
    this.on.play(false);
    this.on.call(caption.firms);
    this.say(`${after}${caption.text}`);
  }
}

/** A firm with several alliances and a network, so that there is something to tell. */
function typical(track) {
  const allies = new Map();
  for (const { a, b, form } of track.allies.values()) for (const row of [a, b]) allies.set(row, (allies.get(row) ?? 0) + form);
  let best = track.firms.uid.findIndex((uid) => uid >= 0), most = -1;
  for (let row = 0; row < track.firms.uid.length; row++) {
    if (track.firms.uid[row] < 0) continue;
    const score = Math.min(12, allies.get(row) ?? 0) + 3 * Math.min(2, track.firms.clubs[row]) - Math.abs(track.firms.staff[row] - 16) / 4;
    if (score > most) { most = score; best = row; }
  }
  return best;
}
