// A pen that writes SVG: the part of a canvas context that scene.js uses.

const number = (x) => Math.round(x * 100) / 100;
const quoted = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

export class SvgPen {
  constructor(width, height) {
    Object.assign(this, { width, height, parts: [], path: [], fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, globalAlpha: 1, font: "12px sans-serif", textAlign: "left", textBaseline: "alphabetic", lineCap: "butt" });
    this.measure = document.createElement("canvas").getContext("2d");
  }

  beginPath() { this.path = []; }
  closePath() { this.path.push("Z"); }
  moveTo(x, y) { this.path.push(`M${number(x)} ${number(y)}`); }
  lineTo(x, y) { this.path.push(`L${number(x)} ${number(y)}`); }
  quadraticCurveTo(a, b, x, y) { this.path.push(`Q${number(a)} ${number(b)} ${number(x)} ${number(y)}`); }
  bezierCurveTo(a, b, c, d, x, y) { this.path.push(`C${number(a)} ${number(b)} ${number(c)} ${number(d)} ${number(x)} ${number(y)}`); }
  rect(x, y, w, h) { this.path.push(`M${number(x)} ${number(y)}h${number(w)}v${number(h)}h${number(-w)}Z`); }

  arc(x, y, r, start, end) {
    const turn = Math.min(end - start, 2 * Math.PI), at = (angle) => [number(x + r * Math.cos(angle)), number(y + r * Math.sin(angle))];
    const [sx, sy] = at(start);
    if (!this.path.length) this.path.push(`M${sx} ${sy}`);
    for (const part of turn > Math.PI ? [start + turn / 2, start + turn] : [start + turn]) { const [ex, ey] = at(part); this.path.push(`A${number(r)} ${number(r)} 0 0 1 ${ex} ${ey}`); }
  }

  fillRect(x, y, w, h) { this.parts.push(`<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${this.fillStyle}"/>`); }
  draw(attributes) { if (this.path.length) this.parts.push(`<path d="${this.path.join("")}" ${attributes}${this.globalAlpha < 1 ? ` opacity="${number(this.globalAlpha)}"` : ""}/>`); }
  fill() { this.draw(`fill="${this.fillStyle}"`); }
  stroke() { this.draw(`fill="none" stroke="${this.strokeStyle}" stroke-width="${number(this.lineWidth)}" stroke-linecap="${this.lineCap}"`); }
  measureText(text) { this.measure.font = this.font; return this.measure.measureText(text); }

  text(text, x, y, attributes) {
    const anchor = { center: "middle", left: "start", right: "end" }[this.textAlign], [, weight, size] = /^(?:(\d+) )?(\d+(?:\.\d+)?)px/.exec(this.font) ?? [null, null, 12];
    this.parts.push(`<text x="${number(x)}" y="${number(y)}" text-anchor="${anchor}" dominant-baseline="${this.textBaseline === "middle" ? "central" : "auto"}" font-family="sans-serif" font-size="${size}"${weight ? ` font-weight="${weight}"` : ""} ${attributes}>${quoted(text)}</text>`);
  }

  fillText(text, x, y) { this.text(text, x, y, `fill="${this.fillStyle}"`); }
  strokeText(text, x, y) { this.text(text, x, y, `fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}" stroke-linejoin="round"`); }

  toString(title) { return `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}" role="img"><title>${quoted(title)}</title>${this.parts.join("\n")}</svg>\n`; }
}
