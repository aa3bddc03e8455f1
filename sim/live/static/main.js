// The page: puts feed, pictures, charts, cards and controls together.

import { Card, escape } from "./card.js";
import { Charts } from "./charts.js";
import { Controls } from "./controls.js";
import { fillDifferences } from "./differences.js";
import { LiveFeed } from "./feed.js";
import { Guide } from "./guide.js";
import { Legend } from "./legend.js";
import { Levers } from "./levers.js";
import { Picture } from "./picture.js";
import { recall, remember } from "./place.js";
import { RecordedFeed, inflate } from "./recorded.js";
import { savePicture } from "./saving.js";
import { Search } from "./search.js";
import { fillTable } from "./table.js";
import { Track } from "./track.js";

const $ = (id) => document.getElementById(id);

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const shared = {
  camera: { zoom: 1, x: 0, y: 0 }, by: "region", colour: "type", pinned: -1, spotKind: -1, spotNetwork: -1, called: [], calm: calm.matches,
  theme: matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark",
  filter: { types: [true, true, true, true, true], forms: { 1: true, 2: true, 3: true }, hubs: { vendor: true, distributor: true, marketplace: true }, ties: true },
};
const wanted = recall(shared), TELLING = 180; // milliseconds between two tellings while a run plays
const TOLD = 12000; // milliseconds for which an event of the scenario stays among the captions
const page = { tracks: [], pictures: [], state: null, feed: null, frames: 0, months: 0, card: "", error: "" };
calm.addEventListener("change", () => { shared.calm = calm.matches; });

const charts = new Charts($("charts"), shared, (month) => page.feed.tell({ do: "go", month }), () => Boolean(page.state?.playing));
const legend = new Legend($("legend"), shared, () => redraw());
const card = new Card($("card"), { room: (taken) => { if (shared.card !== taken) { shared.card = taken; page.pictures.forEach((p) => { p.stale = true; }); } }, close: () => pin(-1), firm: pin, tie: openTie, network: (row) => { shared.spotNetwork = shared.spotNetwork === row ? -1 : row; shared.spotKind = -1; redraw(); } });
const search = new Search($("search"), { firm: (row) => { pin(page.tracks[0].firms.uid[row]); page.pictures[0].visit(row); }, hub: (hub) => notice(hubText(page.tracks[0], hub)), notice: (text) => notice(text), left: (gone) => { pin(gone.uid); notice(`${gone.name} is not in the market: it left in month ${gone.left - page.state.burn_in}.`); },
  gone: async (name) => { try { return (await page.feed.ask({ do: "named", name })).named; } catch { return null; } }, network: (row) => { shared.spotNetwork = row; shared.spotKind = -1; redraw(); } });
const guide = new Guide($("guide"), { play: (on) => page.feed.tell({ do: on ? "play" : "pause" }), firm: (row) => pin(page.tracks[0].firms.uid[row]), call: (rows) => { shared.called = rows; page.pictures.forEach((p) => { p.dirtyOver = true; }); }, tracks: () => page.tracks, done: () => {} });

/** Keep the place in the address. */
function keep() { remember(shared, page.state?.month - page.state?.burn_in); }

function redraw() {
  page.pictures.forEach((picture) => { picture.stale = true; });
  if (page.tracks[0]?.firms) legend.show(page.tracks[0]);
  keep();
}

function paint() {
  document.documentElement.dataset.theme = shared.theme;
  $("theme").textContent = shared.theme === "dark" ? "Light" : "Dark";
  charts.show(page.tracks);
  redraw();
}

/** As many pictures as there are runs. */
function panes(count) {
  shared.alone = count < 2;
  $("stage").classList.toggle("two", count > 1);
  while (page.pictures.length > count) page.pictures.pop().close();
  while (page.pictures.length < count) {
    const pane = document.createElement("div");
    pane.className = "pane";
    $("panes").append(pane);
    const picture = new Picture(pane, shared, { hover, pick, playing: () => Boolean(page.state?.playing), retell: () => { page.untold = true; page.toldAt = 0; }, moved: () => { page.pictures.forEach((p) => { p.stale = true; }); clearTimeout(page.saving); page.saving = setTimeout(() => keep(), 400); } });
    page.pictures.push(picture);
  }
  page.pictures.forEach((picture, n) => {
    let title = picture.pane.querySelector(".pane-title");
    if (count < 2) { title?.remove(); return; }
    if (!title) { title = document.createElement("div"); title.className = "pane-title"; picture.pane.append(title); }
    title.textContent = `${"AB"[n]}: ${page.state.tracks[n]?.title ?? ""}`;
  });
}

function trackOf(number) {
  while (page.tracks.length <= number) page.tracks.push(new Track(page.tracks.length));
  return page.tracks[number];
}

const receive = {
  binary(message) {
    const track = trackOf(message.head.track);
    if (message.head.type === "history") { track.recall(message); return; }
    if (message.head.type === "snapshot") track.load(message); else if (message.head.type === "month" && track.firms) { track.advance(message); if (!track.number) page.months++; }
    if (page.pictures.length <= track.number) panes(track.number + 1);
    page.pictures[track.number].show(track);
    heard(track, message.head.type === "month" && !page.feed?.jumping);
  },
  json(message) {
    if (message.type === "state") setState(message);
    else if (message.type === "refused") notice(message.text);
  },
  link(up, reason) { if (up) { if (page.lost) { page.lost = false; $("notice").hidden = true; } } else { page.lost = true; notice(reason || "The connection was lost; trying again …", true); } },
};

/** What must not be missed of a month that has come; words and figures follow with the next frame. */
function heard(track, passed) {
  page.untold = true;
  if (!passed) page.toldAt = 0;
  if (track.number) return;
  if (page.state && page.state.month !== track.month) { page.state.month = track.month; page.state.tracks.forEach((t) => { t.known = Math.max(t.known, track.month); }); controls.tick(page.state); }
  if (passed) { addCaptions(track); guide.hear(track); } else $("captions").replaceChildren();
}

/** The words at the top: on the run, or on how two differ. */
function headline() { return page.tracks[1]?.compared ?? page.tracks[0].headline; }

const words = (said) => [said.networks, said.apart, said.loyalty].filter(Boolean).join(" ");

/** What the page says of the present month. */
function told(now) {
  const [track] = page.tracks;
  page.untold = false; page.toldAt = now;
  const said = headline();
  $("headline-networks").textContent = said.networks;
  for (const part of ["apart", "loyalty"]) {
    const course = part === "apart" || !said.apart ? said.course : 0;
    $(`headline-${part}`).textContent = said[part] ?? "";
    $(`headline-${part}`).className = { "-1": "down", 1: "up-word" }[course] ?? "";
  }
  legend.show(track);
  search.fill(track);
  fillDifferences($("differences"), page.tracks);
  if (!$("table").hidden) fillTable($("table"), page.tracks);
  const label = `Network of ${track.partners} partners in month ${track.since}. ${words(said)}`;
  page.pictures[0].base.setAttribute("aria-label", label);
  if (!page.state?.playing || now - (page.spoken ?? 0) > 6000) { page.spoken = now; $("summary").textContent = label; }
  charts.show(page.tracks);
  charts.follow(track.headline);
  if (shared.pinned >= 0 && now - (page.carded ?? 0) > 900) { page.carded = now; refreshCard(); }
}

function addCaptions(track) {
  const now = performance.now(), place = $("captions"), [weightiest] = track.captions;
  if (!weightiest || now - (page.captioned ?? 0) < 700 && weightiest.sort !== "scenario") return;
  page.captioned = now;
  const seen = weightiest.sort !== "scenario" && page.lastSort === track.captions[0].sort && track.captions.length > 1 ? track.captions[1] : track.captions[0];
  page.lastSort = seen.sort;
  const element = document.createElement("button");
  element.type = "button";
  element.className = `caption ${seen.sort}`;
  element.innerHTML = `<small>${track.since > 0 ? `month ${track.since - 1}` : "burn-in"}</small>${escape(seen.text)}`;
  element.addEventListener("click", () => { if (seen.firms.length) pin(track.firms.uid[seen.firms[0]]); else notice(seen.text); });
  element.kept = now + (seen.sort === "scenario" ? TOLD : 0);
  place.append(element);
  while (place.children.length > 2) ([...place.children].find((other) => other.kept <= now) ?? place.firstChild).remove();
}

function setState(state) {
  const first = !page.state;
  page.state = state;
  if (state.tracks.length || state.recorded) {
    const count = Math.max(1, state.tracks.length);
    page.tracks.length = Math.min(page.tracks.length, count);
    if (page.pictures.length !== count || count > 1) panes(count);
    charts.tracks = page.tracks;
    if (count < 2) $("differences").hidden = true;
  }
  controls.show(state, page.tracks[0]);
  if (page.levers) page.levers.show(state);
  $("where").textContent = state.failed ? "stopped" : state.opening ? "warming up the market" : state.ended ? "ended" : state.playing ? "playing" : "paused";
  $("viewers").textContent = state.viewers > 1 ? `${state.viewers} watch this run` : "";
  if (state.failed) notice(`The run stopped: ${state.failed}. It can still be looked at; go back to an earlier month or restart.`, true);
  else if (page.hadFailed) $("notice").hidden = true;
  page.hadFailed = Boolean(state.failed);
  if (first && Number.isFinite(wanted) && state.controls && page.feed instanceof RecordedFeed) page.feed.tell({ do: "go", month: wanted + state.burn_in });
  if (!state.opening && state.month !== undefined) keep();
}

function hover(pick, picture) {
  const box = $("hover");
  if (!pick) { box.hidden = true; return; }
  const track = picture.track;
  box.innerHTML = pick.hub !== undefined ? hubText(track, pick.hub, true) : pick.bin ? `<strong>${pick.bin.n} ${escape(track.words.type_words[pick.bin.type])}s</strong>${escape(picture.layout.wedges[pick.bin.g].label)}; attitude to their main vendor ${(pick.bin.liking / pick.bin.n).toFixed(2)}; ${Math.round((100 * pick.bin.inside) / pick.bin.n)} % in networks. Zoom in for each.` : firmText(track, pick.row);
  box.hidden = false;
  const pane = picture.pane.getBoundingClientRect(), stage = $("stage").getBoundingClientRect();
  const x = pane.left - stage.left + pick.x, y = pane.top - stage.top + pick.y, wide = box.offsetWidth, tall = box.offsetHeight;
  box.style.left = `${Math.max(4, Math.min(stage.width - wide - 4, x + 16))}px`;
  box.style.top = `${Math.max(4, Math.min(stage.height - tall - 4, y + 14))}px`;
}

function firmText(track, row) {
  const { firms, words } = track, kinds = words.kind_words.filter((_, k) => firms.kinds[row] >> k & 1);
  const revenue = firms.revenue[row] ? 1000 * 2 ** ((firms.revenue[row] - 1) / 4) : 0;
  const vendor = words.names.vendors[firms.vendor[row]];
  return `<strong>${escape(track.nameOf(row))}</strong>${escape(words.type_words[firms.type[row]])} in ${escape(words.names.regions[firms.region[row]])}, about $${revenue >= 1e6 ? `${(revenue / 1e6).toFixed(1)} m` : `${Math.round(revenue / 1e3)} k`} a year<br>${vendor ? `mainly ${escape(vendor)} (${5 * firms.share[row]} % of purchases), attitude ${(firms.attitude[row] / 50).toFixed(2)}` : "buys from no vendor"}<br>${kinds.length ? `in ${firms.clubs[row]} network${firms.clubs[row] > 1 ? "s" : ""}: ${kinds.join(", ")}` : "in no network"}`;
}

function hubText(track, hub, html) {
  const { hubs } = track, sort = track.hubSort(hub), sales = `sales of $${(hubs.value[hub] / 1e6).toFixed(1)} m a year`;
  const text = sort === "vendor" ? `carried by ${hubs.ties[hub]} partners, mean attitude ${hubs.attitude[hub].toFixed(2)}, ${sales}` : sort === "distributor" ? `supplies ${hubs.ties[hub]} partners, ${sales}` : `work of $${(hubs.value[hub] / 1e6).toFixed(1)} m a year`;
  const name = track.hubName(hub) + (hubs.active[hub] ? "" : " (left the market)");
  return html ? `<strong>${escape(name)}</strong>${sort}; ${text}` : `${name}: ${text}`;
}

function pick(found, picture) {
  if (!found) { pin(-1); return; }
  if (found.row !== undefined) pin(picture.track.firms.uid[found.row]);
  else if (found.bin) picture.zoomBy(2.6, found.x, found.y);
  else notice(hubText(picture.track, found.hub));
}

function pin(uid) {
  shared.pinned = uid;
  page.tie = null;
  page.pictures.forEach((p) => { p.dirtyOver = true; });
  if (uid < 0) { card.hide(); keep(); return; }
  refreshCard();
  keep();
}

async function refreshCard() {
  const burnIn = page.state?.burn_in ?? 0, uid = shared.pinned, tie = page.tie;
  try {
    if (tie) { const answer = await page.feed.ask({ do: "tie", a: tie[0], b: tie[1] }); if (page.tie === tie) card.showTie(answer.tie, burnIn); return; }
    const answer = await page.feed.ask({ do: "firm", uid });
    if (shared.pinned === uid && !page.tie) card.showFirm(answer.firm, burnIn, answer.firm.recorded ? recordedFacts(uid) : "");
  } catch (refused) { if (!page.lost) notice(refused.text ?? String(refused)); }
}

/** What a recording knows of a firm in the present month: what is drawn of it. */
function recordedFacts(uid) {
  const track = page.tracks[0], row = track.rowOf(uid);
  return row < 0 ? "<p class='quiet'>not in the market in this month</p>" : `<p class="quiet">${firmText(track, row).replace(/^<strong>.*?<\/strong>/, "")}</p>`;
}

function openTie(a, b) { page.tie = [a, b]; refreshCard(); }

function notice(text, stays) {
  const box = $("notice");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(page.noticing);
  if (!stays) page.noticing = setTimeout(() => { box.hidden = true; }, 6000);
}

const controls = new Controls({
  tell: (command) => page.feed.tell(command), state: () => page.state, zoom: (factor) => page.pictures[0]?.zoomBy(factor), unpin: () => { guide.end(); if (shared.pinned >= 0 || page.tie) pin(-1); shared.spotKind = shared.spotNetwork = -1; redraw(); },
  theme: () => { shared.theme = shared.theme === "dark" ? "light" : "dark"; shared.chosenTheme = true; paint(); },
  by: (by) => { shared.by = by; redraw(); }, colour: (colour) => { shared.colour = colour; redraw(); }, shared,
  table: () => { const table = $("table"); table.hidden = !table.hidden; $("table-button").setAttribute("aria-expanded", String(!table.hidden)); if (!table.hidden) { fillTable(table, page.tracks); table.focus(); } },
  guide: () => { if (page.tracks[0]?.firms) guide.start(); }, save: (kind) => savePicture(page.pictures[0], kind, `${page.tracks[0].words.title}, month ${page.tracks[0].since}. ${words(headline())}`), notice,
});

/** Plotly is large: it is asked for once the first picture is drawn. */
function loadCharts() {
  page.first = true;
  performance.mark("first-frame");
  if (window.Plotly || document.documentElement.dataset.recorded) return;
  const script = document.createElement("script");
  script.src = "/static/plotly.min.js";
  document.head.append(script);
}

function turn(now) {
  page.frames++;
  if (page.untold && page.tracks[0]?.firms && (!page.state?.playing || now - (page.toldAt ?? 0) > TELLING)) told(now);
  page.pictures.forEach((picture) => picture.frame(now));
  if (!page.first && page.pictures[0]?.drawings) loadCharts();
  charts.frame(now);
  requestAnimationFrame(turn);
}

async function begin() {
  paint();
  const recording = document.getElementById("recording");
  if (recording) {
    document.documentElement.dataset.recorded = "yes";
    page.feed = new RecordedFeed(await inflate(recording.textContent), receive);
  } else {
    page.feed = new LiveFeed(location.pathname.split("/")[2], receive);
    page.levers = new Levers($("levers"), page.feed);
    $("save-scenario").href = `${location.pathname}/scenario.toml`;
    $("save-scenario-b").href = `${location.pathname}/scenario.toml?track=1`;
  }
  if (shared.pinned >= 0) { const wait = setInterval(() => { if (page.tracks[0]?.firms) { clearInterval(wait); refreshCard(); } }, 200); }
  requestAnimationFrame(turn);
}

addEventListener("error", (event) => { page.error = event.message; });
addEventListener("unhandledrejection", (event) => { page.error = String(event.reason?.message ?? event.reason); });

/** What tests and the curious may read: what is drawn, not how. */
window.channelSim = { page, shared, get drawn() { return page.pictures.map((p) => p.drawn); }, redraw };
begin();
