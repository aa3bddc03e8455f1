// One picture: a canvas that is drawn anew when a month passes or the camera moves, and one above it for what moves.

import { Layout, RADIUS } from "./layout.js";
import { aggregated, curve, drawGround, drawScene, firmSize, hubSize } from "./scene.js";
import { palettes } from "./palette.js";

const FLASH = 900; // milliseconds
const FLASHES = 36; // of each sort a month, formal alliances first
const NEAR = 14; // pixels
const GROUND = 500; // milliseconds between two drawings of the ground while a run plays
const QUICK = 25; // milliseconds: a picture that takes longer leaves time for what else there is to do

export class Picture {
  constructor(pane, shared, on) {
    this.pane = pane;
    this.shared = shared; // camera, filter, colour, by, theme, spot, pinned: the same for pictures side by side
    this.on = on; // { hover(pick), pick(pick), moved(), playing(), retell() }
    this.ground = document.createElement("canvas"); // what months change little: background and faint ties
    this.base = pane.appendChild(document.createElement("canvas"));
    this.over = pane.appendChild(document.createElement("canvas"));
    this.base.setAttribute("role", "img");
    this.over.setAttribute("aria-hidden", "true");
    this.flashes = [];
    this.stale = true; // all of it has to be drawn anew
    this.behind = false; // a month has passed since it was drawn
    this.groundLate = false; // its ground is that of an earlier month
    this.seen = -1;
    this.drawn = null;
    this.drawings = this.took = 0;
    this.drawnAt = this.groundAt = -1e9;
    this.hovered = null;
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(this.base);
    this.listen();
    this.fit();
  }

  close() { this.watch.disconnect(); this.pane.remove(); }

  fit() {
    const box = this.base.getBoundingClientRect(), ratio = Math.min(2, window.devicePixelRatio || 1);
    if (!box.width || !box.height) return;
    for (const canvas of [this.ground, this.base, this.over]) { canvas.width = Math.round(box.width * ratio); canvas.height = Math.round(box.height * ratio); }
    this.ratio = ratio; this.width = box.width; this.height = box.height; this.stale = true;
  }

  show(track) { this.track = track; }

  /** Whether what is seen is the present month, whole. */
  get settled() { return this.seen === this.track?.version && !this.stale && !this.behind && !this.groundLate; }

  /** What drawing needs to know. */
  view(width = this.width, height = this.height) {
    const { camera, filter } = this.shared, track = this.track;
    const legend = width > 700 && this.shared.alone ? (this.shared.card ? 400 : 222) : 0; // room at the right
    const across = width < 600 ? (width / 2 - 50) / (RADIUS + 52) : (width - legend - 10) / (2 * (RADIUS + 150)); // names of wedges stand beside
    const fit = Math.min(across, (height - 8) / (2 * (RADIUS + 66)));
    const scale = fit * camera.zoom, cx = (width - legend) / 2 + camera.x * scale, cy = height / 2 + camera.y * scale;
    const { firms } = track;
    const shows = (row) => filter.types[firms.type[row]] && (this.shared.spotKind < 0 || firms.kinds[row] >> this.shared.spotKind & 1) && (this.shared.spotNetwork < 0 || firms.club[row] === this.shared.spotNetwork);
    return {
      track, layout: this.layout, camera, filter, width, height, scale, colour: this.shared.colour, palette: palettes[this.shared.theme], shows,
      spotKind: this.shared.spotKind, spotNetwork: this.shared.spotNetwork, at: (x, y) => [cx + x * scale, cy + y * scale], to: (px, py) => [(px - cx) / scale, (py - cy) / scale],
    };
  }

  arrange() {
    if (!this.layout || this.layout.by !== this.shared.by) this.layout = new Layout(this.track, this.shared.by);
    else this.layout.follow(this.track);
  }

  /** Called before each repaint of the screen. */
  frame(now) {
    if (!this.track?.firms || !this.width) return;
    if (this.track.version !== this.seen || this.layout?.by !== this.shared.by) this.follow(now);
    if (this.measuring) { this.took = now - this.drawnAt; this.measuring = false; }
    const playing = this.on.playing();
    if (this.groundLate && (!playing || now - this.groundAt > GROUND)) this.behind = true;
    const rest = playing && this.took > QUICK ? 1.6 * this.took : 0; // so that words, charts and the next months have their turn
    if (this.stale || (this.behind && now - this.drawnAt >= rest)) this.draw(now);
    this.drawOver(now);
  }

  /** Take over the month that has come. */
  follow(now) {
    const jumped = this.seen < 0 || this.born !== this.track.born || this.layout?.by !== this.shared.by;
    this.seen = this.track.version; this.born = this.track.born;
    this.arrange();
    if (jumped) { this.flashes = []; this.stale = true; } else this.flash(now);
    this.behind = true;
  }

  draw(now) {
    this.current = this.view();
    if (this.stale || !this.on.playing() || now - this.groundAt > GROUND) {
      drawGround(this.pen(this.ground), this.current);
      this.groundAt = now;
      this.groundLate = false;
    } else this.groundLate = true;
    const pen = this.pen(this.base, 1);
    pen.drawImage(this.ground, 0, 0);
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.drawn = drawScene(pen, this.current);
    if (this.shared.bubbles !== aggregated(this.current)) { this.shared.bubbles = aggregated(this.current); this.on.retell(); }
    this.stale = this.behind = false;
    this.dirtyOver = this.measuring = true;
    this.drawnAt = now;
    this.drawings++;
  }

  pen(canvas, ratio = this.ratio) {
    const pen = canvas.getContext("2d", { alpha: false });
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    return pen;
  }

  flash(now) {
    if (this.shared.calm) { this.flashes = []; return; }
    const { come, gone } = this.track.fresh;
    const pick = (ties, kind) => ties.filter((t) => t.form > 1 && this.shared.filter.forms[t.form]).sort((s, t) => t.form - s.form).slice(0, FLASHES).map((tie) => ({ tie, kind, began: now, until: now + FLASH }));
    this.flashes = this.flashes.filter((f) => f.until > now).slice(-6 * FLASHES).concat(pick(gone, "gone"), pick(come, "come"));
  }

  drawOver(now) {
    this.flashes = this.flashes.filter((f) => f.until > now);
    const groups = this.flashing(now), shows = [...groups.keys()].join() + (this.hovered?.row ?? "") + this.shared.pinned;
    if (shows === this.shows && !this.dirtyOver && !this.shared.called?.length && !this.pulsed) return;
    this.shows = shows; this.dirtyOver = false; this.pulsed = Boolean(this.shared.called?.length);
    const pen = this.over.getContext("2d"), view = this.current;
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    if (!aggregated(view)) this.drawFlashes(pen, view, groups);
    for (const row of this.shared.called ?? []) this.ring(pen, view, row, view.palette.text, 2 + 1.5 * Math.sin(now / 180));
    const pinned = this.shared.pinned >= 0 ? this.track.rowOf(this.shared.pinned) : -1;
    if (pinned >= 0) this.drawEgo(pen, view, pinned);
    if (this.hovered?.row >= 0) this.ring(pen, view, this.hovered.row, view.palette.text, 0);
  }

  /** Flashes by kind, the month that they began with, and a quarter of their time. */
  flashing(now) {
    const steps = 4, groups = new Map();
    for (const flash of this.flashes) {
      const step = Math.ceil(steps * (flash.until - now) / FLASH), key = `${flash.kind}${step}|${flash.began}`;
      if (!groups.has(key)) groups.set(key, { kind: flash.kind, left: step / steps, ties: [] });
      groups.get(key).ties.push(flash.tie);
    }
    return groups;
  }

  drawFlashes(pen, view, groups) {
    this.flashed = 0;
    for (const { kind, left, ties } of groups.values()) {
      pen.strokeStyle = `rgba(${view.palette[kind]},${(0.6 * left).toFixed(2)})`;
      pen.lineWidth = kind === "come" ? 1 + 0.6 * left : 1;
      pen.setLineDash(kind === "gone" ? [4, 5] : []);
      for (let n = 0; n < ties.length; n += 60) {
        pen.beginPath();
        for (const tie of ties.slice(n, n + 60)) if (view.shows(tie.a) && view.shows(tie.b) && curve(pen, view, tie)) this.flashed++;
        pen.stroke();
      }
    }
    pen.setLineDash([]);
  }

  ring(pen, view, row, colour, more) {
    if (!(row in this.layout.group) || this.layout.group[row] < 0) return;
    const [x, y] = view.at(this.layout.x[row], this.layout.y[row]);
    pen.strokeStyle = colour;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(x, y, firmSize(view, row) + 5 + more, 0, 2 * Math.PI);
    pen.stroke();
  }

  /** A pinned firm with all its alliances, and the firms at their ends. */
  drawEgo(pen, view, row) {
    pen.strokeStyle = `rgb(${view.palette.forms[3].join(",")})`;
    pen.lineWidth = 2;
    pen.beginPath();
    const others = [];
    for (const tie of this.track.allies.values()) {
      if (tie.a !== row && tie.b !== row) continue;
      curve(pen, view, tie);
      others.push(tie.a === row ? tie.b : tie.a);
    }
    pen.stroke();
    for (const other of others) this.ring(pen, view, other, view.palette.quiet, -2);
    this.ring(pen, view, row, view.palette.text, 1);
    const [x, y] = view.at(this.layout.x[row], this.layout.y[row]);
    pen.font = "600 12px system-ui, sans-serif"; pen.textAlign = "center"; pen.lineWidth = 4;
    pen.strokeStyle = view.palette.background; pen.strokeText(this.track.nameOf(row), x, y - 16);
    pen.fillStyle = view.palette.text; pen.fillText(this.track.nameOf(row), x, y - 16);
  }

  /** What is under a point: a hub, a firm, a bubble, or null. */
  pickAt(px, py) {
    const view = this.current;
    if (!view) return null;
    for (let hub = 0; hub < this.layout.hubs.length; hub++) {
      const [x, y] = view.at(...this.layout.hubs[hub]);
      if (Math.hypot(px - x, py - y) <= hubSize(view, hub) + 3) return { hub, x, y };
    }
    if (aggregated(view)) { const bin = view.bubbles?.find((b) => Math.hypot(px - b.x, py - b.y) <= b.r + 3); return bin ? { bin, x: bin.x, y: bin.y } : null; }
    const [wx, wy] = view.to(px, py), reach = NEAR / view.scale, { x, y, group } = this.layout;
    let best = null, least = reach * reach;
    for (let row = 0; row < group.length; row++) {
      if (group[row] < 0) continue;
      const dx = x[row] - wx, dy = y[row] - wy, d = dx * dx + dy * dy;
      if (d < least && view.shows(row)) { least = d; best = row; }
    }
    if (best === null) return null;
    const [sx, sy] = view.at(x[best], y[best]);
    return { row: best, x: sx, y: sy };
  }

  /** Centre the camera on a firm. */
  visit(row, zoom = 2.2) {
    if (!(this.layout?.group[row] >= 0)) return;
    Object.assign(this.shared.camera, { zoom: Math.max(zoom, this.shared.camera.zoom), x: -this.layout.x[row], y: -this.layout.y[row] });
    this.on.moved();
  }

  zoomBy(factor, px = this.width / 2, py = this.height / 2) {
    const { camera } = this.shared, before = this.view().to(px, py);
    camera.zoom = Math.max(0.6, Math.min(14, camera.zoom * factor));
    const after = this.view().to(px, py);
    camera.x += after[0] - before[0];
    camera.y += after[1] - before[1];
    if (camera.zoom <= 1 && factor < 1) { camera.x *= 0.6; camera.y *= 0.6; }
    this.on.moved();
  }

  listen() {
    const pointers = new Map();
    let moved = 0, spread = 0;
    const place = (event) => { const box = this.pane.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    this.pane.addEventListener("wheel", (event) => { event.preventDefault(); this.zoomBy(Math.exp(-event.deltaY / 500), ...place(event)); }, { passive: false });
    this.pane.addEventListener("pointerdown", (event) => { this.pane.setPointerCapture(event.pointerId); pointers.set(event.pointerId, place(event)); moved = 0; });
    this.pane.addEventListener("pointermove", (event) => {
      const [px, py] = place(event), last = pointers.get(event.pointerId);
      if (!last) { this.hovered = this.pickAt(px, py); this.dirtyOver = true; this.on.hover(this.hovered, this); return; }
      pointers.set(event.pointerId, [px, py]);
      moved += Math.abs(px - last[0]) + Math.abs(py - last[1]);
      if (pointers.size === 2) {
        const [p, q] = [...pointers.values()], now = Math.hypot(p[0] - q[0], p[1] - q[1]);
        if (spread) this.zoomBy(now / spread, (p[0] + q[0]) / 2, (p[1] + q[1]) / 2);
        spread = now;
      } else if (moved > 4) { const scale = this.view().scale; this.shared.camera.x += (px - last[0]) / scale; this.shared.camera.y += (py - last[1]) / scale; this.on.moved(); }
    });
    const up = (event) => { if (pointers.delete(event.pointerId) && moved <= 4 && event.type === "pointerup") this.on.pick(this.pickAt(...place(event)), this); spread = 0; };
    this.pane.addEventListener("pointerup", up);
    this.pane.addEventListener("pointercancel", up);
    this.pane.addEventListener("pointerleave", () => { this.hovered = null; this.dirtyOver = true; this.on.hover(null, this); });
    this.pane.addEventListener("dblclick", () => { Object.assign(this.shared.camera, { zoom: 1, x: 0, y: 0 }); this.on.moved(); });
  }
}
