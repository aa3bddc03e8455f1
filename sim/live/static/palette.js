// Colours and shapes. Nothing is told by colour alone: kinds of firm differ in shape, kinds of network in where the arc stands.

export const TYPE_SHAPES = ["circle", "square", "triangle", "diamond", "star"];
export const HUB_SHAPES = { vendor: "circle", distributor: "square", marketplace: "diamond" };

const DARK = {
  background: "#0d151d", text: "#e6edf3", quiet: "#9fb1c1", grid: "#1f2d3a", rim: "#0d151d",
  vendor: "#ff6b6b", distributor: "#4dabf7", marketplace: "#ffd43b", mark: { vendor: "#0b1118", distributor: "#0b1118", marketplace: "#0b1118" },
  types: ["#69db7c", "#b197fc", "#3bc9db", "#f4a66a", "#f78fb3"],
  kinds: ["#c0eb75", "#da77f2", "#ff8787", "#74c0fc", "#ffe066"],
  forms: { 1: [214, 176, 120], 2: [224, 165, 79], 3: [255, 194, 94] },
  tie: "rgba(120,150,200,.06)", come: "255,236,190", gone: "255,110,110", faint: 1,
  bad: [230, 97, 60], middle: [138, 150, 160], good: [86, 180, 233],
  series: ["#ff6b6b", "#4dabf7", "#ffd43b", "#69db7c", "#b197fc", "#3bc9db", "#f4a66a", "#f78fb3", "#a9e34b", "#ced4da", "#e599f7", "#63e6be"],
};
const LIGHT = {
  background: "#f6f8fa", text: "#15202b", quiet: "#4a5b6a", grid: "#d9e1e8", rim: "#ffffff",
  vendor: "#d6336c", distributor: "#1864ab", marketplace: "#b07d00", mark: { vendor: "#ffffff", distributor: "#ffffff", marketplace: "#0b1118" },
  types: ["#2b8a3e", "#6741d9", "#0b7285", "#c05a11", "#b8336a"],
  kinds: ["#5c940d", "#9c36b5", "#d6336c", "#1864ab", "#b07d00"],
  forms: { 1: [176, 140, 90], 2: [176, 116, 30], 3: [150, 84, 0] },
  tie: "rgba(60,90,150,.07)", come: "120,64,0", gone: "200,20,30", faint: 1.1,
  bad: [196, 62, 28], middle: [120, 130, 140], good: [0, 100, 180],
  series: ["#c92a2a", "#1864ab", "#a86e00", "#2b8a3e", "#6741d9", "#0b7285", "#c05a11", "#b8336a", "#5c940d", "#495057", "#862e9c", "#087f5b"],
};

export const palettes = { dark: DARK, light: LIGHT };

/** A colour between three, for an attitude of -1..1; full strength at half way. */
export function diverging(palette, attitude) {
  const t = Math.max(-1, Math.min(1, 2 * attitude)), end = t < 0 ? palette.bad : palette.good, share = Math.abs(t);
  return `rgb(${palette.middle.map((m, n) => Math.round(m + share * (end[n] - m))).join(",")})`;
}

/** Add a shape of radius r around a point to the path of a pen. */
export function shape(pen, kind, x, y, r) {
  if (kind === "circle") { pen.moveTo(x + r, y); pen.arc(x, y, r, 0, 2 * Math.PI); return; }
  if (kind === "square") { const h = 0.88 * r; pen.rect(x - h, y - h, 2 * h, 2 * h); return; }
  const points = { triangle: 3, diamond: 4, star: 5 }[kind], turn = -Math.PI / 2, big = kind === "triangle" ? 1.25 * r : 1.15 * r;
  for (let n = 0; n < points; n++) {
    const angle = turn + (2 * Math.PI * n) / points, px = x + big * Math.cos(angle), py = y + big * Math.sin(angle);
    if (n) pen.lineTo(px, py); else pen.moveTo(px, py);
  }
  pen.closePath();
}
