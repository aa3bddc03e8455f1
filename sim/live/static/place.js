// The place of a viewer in the address: view, filters, what is pinned; so that a link or a reload shows the same.

const NUMBERS = (x) => Math.round(x * 100) / 100;

/** Write what is shown behind the # of the address; months count from the end of burn-in, as on the page. */
export function remember(shared, month) {
  const { camera, filter } = shared, parts = {};
  if (Number.isFinite(month)) parts.month = month;
  if (camera.zoom !== 1 || camera.x || camera.y) parts.at = [camera.zoom, camera.x, camera.y].map(NUMBERS).join(",");
  if (shared.by !== "region") parts.by = shared.by;
  if (shared.colour !== "type") parts.colour = shared.colour;
  if (shared.pinned >= 0) parts.firm = shared.pinned;
  if (shared.spotKind >= 0) parts.kind = shared.spotKind;
  if (shared.chosenTheme) parts.theme = shared.theme;
  const hide = [...Object.entries(filter.types).filter(([, on]) => !on).map(([k]) => `t${k}`), ...Object.entries(filter.forms).filter(([, on]) => !on).map(([k]) => `f${k}`), ...Object.entries(filter.hubs).filter(([, on]) => !on).map(([k]) => `h${k}`), ...(filter.ties ? [] : ["m"])];
  if (hide.length) parts.hide = hide.join(".");
  const hash = new URLSearchParams(parts).toString();
  if (hash !== location.hash.slice(1)) history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
}

/** Take over what the address says; anything it does not understand is left as it is. Returns the month, if it names one. */
export function recall(shared) {
  const parts = new URLSearchParams(location.hash.slice(1));
  const [zoom, x, y] = (parts.get("at") ?? "").split(",").map(Number);
  if (zoom > 0.5 && zoom <= 14 && Number.isFinite(x) && Number.isFinite(y)) Object.assign(shared.camera, { zoom, x, y });
  if (["region", "vertical", "network"].includes(parts.get("by"))) shared.by = parts.get("by");
  if (["type", "loyalty", "vendor"].includes(parts.get("colour"))) shared.colour = parts.get("colour");
  if (["light", "dark"].includes(parts.get("theme"))) { shared.theme = parts.get("theme"); shared.chosenTheme = true; }
  if (Number(parts.get("firm")) >= 0 && parts.has("firm")) shared.pinned = Number(parts.get("firm"));
  if (parts.has("kind") && Number(parts.get("kind")) in [0, 1, 2, 3, 4]) shared.spotKind = Number(parts.get("kind"));
  for (const key of (parts.get("hide") ?? "").split(".")) {
    const group = { t: "types", f: "forms", h: "hubs" }[key[0]], name = key.slice(1);
    if (key === "m") shared.filter.ties = false;
    else if (group && name in shared.filter[group]) shared.filter[group][name] = false;
  }
  return parts.has("month") ? Number(parts.get("month")) : undefined;
}
