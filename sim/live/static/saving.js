// A picture of the present view as a file.

import { drawGround, drawScene } from "./scene.js";
import { SvgPen } from "./svg.js";

/** The view as SVG text. */
export function asSvg(picture, title) {
  const pen = new SvgPen(Math.round(picture.width), Math.round(picture.height));
  const view = picture.view();
  drawGround(pen, view);
  drawScene(pen, view);
  return pen.toString(title);
}

/** Save the view as PNG or SVG. */
export function savePicture(picture, kind, title) {
  const name = `channel-sim-month-${picture.track.since}.${kind}`;
  if (kind === "svg") { hand(new Blob([asSvg(picture, title)], { type: "image/svg+xml" }), name); return; }
  const canvas = document.createElement("canvas"), scale = 2;
  canvas.width = picture.width * scale;
  canvas.height = picture.height * scale;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  const view = picture.view();
  drawGround(pen, view);
  drawScene(pen, view);
  canvas.toBlob((blob) => hand(blob, name), "image/png");
}

function hand(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
