// The card of a firm or a tie: what is, and how it came about.

const escape = (text) => String(text ?? "").replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const usd = (amount) => `${amount < 0 ? "−" : ""}$${Math.abs(amount) >= 1e6 ? `${(Math.abs(amount) / 1e6).toFixed(1)} m` : Math.abs(amount) >= 1e3 ? `${Math.round(Math.abs(amount) / 1e3)} k` : Math.round(Math.abs(amount))}`;
const signed = (x) => `${x <= -0.005 ? "−" : "+"}${Math.abs(x).toFixed(2)}`;

export { escape, usd };

function attitudeBar(value) {
  const left = 50 + 50 * Math.min(0, value), wide = 50 * Math.abs(value);
  return `<span class="bar" aria-hidden="true"><i style="left:${left.toFixed(0)}%;width:${wide.toFixed(0)}%;background:${value < 0 ? "var(--bad)" : "var(--good)"}"></i></span>`;
}

function storyList(lines, burnIn, self) {
  const shown = lines.slice().reverse(), when = (month) => (month < 0 ? "start" : month < burnIn ? "burn-in" : `month ${month - burnIn}`);
  return `<ol class="story" reversed>${shown.map((line) => `<li class="${escape(line.sort)}"><time>${when(line.month)}</time>${escape(line.text)}${line.other !== null && line.other !== undefined && self !== undefined ? ` <button type="button" class="link" data-tie="${self},${line.other}">${line.sort === "end" ? "Why did it end?" : "Their story together"}</button>` : ""}</li>`).join("")}</ol>`;
}

export class Card {
  constructor(element, on) {
    this.element = element;
    this.on = on; // { close(), firm(uid), tie(a, b), network(row) }
    element.addEventListener("click", (event) => {
      const target = event.target.closest("button");
      if (!target) return;
      if (target.classList.contains("close")) on.close();
      else if (target.dataset.firm) on.firm(Number(target.dataset.firm));
      else if (target.dataset.tie) on.tie(...target.dataset.tie.split(",").map(Number));
      else if (target.dataset.network) on.network(Number(target.dataset.network));
    });
  }

  hide() { this.element.hidden = true; this.element.innerHTML = ""; this.on.room(false); }

  open(html) {
    const fresh = this.element.hidden, top = this.element.scrollTop, focus = this.element.contains(document.activeElement);
    this.element.innerHTML = `<button type="button" class="close" aria-label="Close">✕</button>${html}`;
    this.element.hidden = false;
    this.on.room(true);
    if (!fresh) this.element.scrollTop = top;
    if (fresh || focus) this.element.querySelector(".close").focus({ preventScroll: true });
  }

  showFirm(firm, burnIn, facts = "") {
    const who = firm.type ? `${escape(firm.type)} of ${Math.round(firm.staff)} in ${escape(firm.region)}; ${firm.verticals.map(escape).join(", ")}` : firm.alive ? "" : "left the market";
    const now = firm.type ? `
      <p class="quiet">Revenue ${usd(firm.revenue)} a year, ${Math.round(100 * firm.joint)} % of it with allies · cash ${usd(firm.cash)} · ${Math.round(100 * firm.utilisation)} % busy</p>
      <h3>Vendors: attitude (−1 to 1), what it comes from, share of wallet</h3><table><tr><th>vendor</th><th colspan="2">attitude</th><th class="n">own<br>experience</th><th class="n">peers<br>and hosts</th><th class="n">wallet</th></tr>${firm.vendors.map((v) => `<tr><td>${escape(v.name)}</td><td>${attitudeBar(v.attitude)}</td><td class="n">${signed(v.attitude)}</td><td class="n">${signed(v.experience)}</td><td class="n">${signed(v.attitude - v.experience)}</td><td class="n">${Math.round(100 * v.share)} %</td></tr>`).join("")}</table>
      <h3>Networks</h3>${firm.networks.length ? `<table><tr><th>network</th><th class="n">joined in</th><th class="n">brought it, a month</th></tr>${firm.networks.map((m) => `<tr><td><button type="button" class="link" data-network="${m.row}">${escape(m.name)}</button></td><td class="n">${m.since < burnIn ? "burn-in" : `month ${m.since - burnIn}`}</td><td class="n">${usd(m.value)}</td></tr>`).join("")}</table>` : "<p class='quiet'>in none</p>"}
      <h3>Alliances (${firm.allies.length})</h3>${firm.allies.length ? `<table><tr><th>with</th><th>form</th><th class="n">joint deals that went well</th><th class="n">trust (0 to 1)</th></tr>${firm.allies.slice(0, 14).map((a) => `<tr><td><button type="button" class="link" data-firm="${a.uid}">${escape(a.name)}</button></td><td>${escape(a.form)}</td><td class="n">${a.successes} of ${a.deals}</td><td class="n">${a.trust.toFixed(2)}</td></tr>`).join("")}</table>${firm.allies.length > 14 ? `<p class="quiet">and ${firm.allies.length - 14} more</p>` : ""}` : "<p class='quiet'>none</p>"}
      <h3>Skills, with the level of each (0 to 1)</h3><div class="chips">${firm.skills.map(([name, level]) => `<span>${escape(name)}: ${level.toFixed(2)}</span>`).join("")}</div>` : "";
    this.open(`<h2>${escape(firm.name)}</h2><p class="quiet">${who}</p>${facts}${now}<h3>Its story so far, latest first</h3>${storyList(firm.story, burnIn, firm.uid)}${firm.earlier ? `<p class="quiet">and ${firm.earlier} earlier events</p>` : ""}`);
  }

  showTie(tie, burnIn) {
    const last = tie.story[tie.story.length - 1], over = last && last.sort === "end";
    this.open(`<h2>${escape(tie.names[0])} and ${escape(tie.names[1])}</h2>
      <p>${over ? "<strong>Why did this tie end?</strong> " : ""}${escape(last?.text ?? "Nothing is known of the two.")}</p>
      <p><button type="button" class="link" data-firm="${tie.a}">${escape(tie.names[0])}</button> · <button type="button" class="link" data-firm="${tie.b}">${escape(tie.names[1])}</button></p>
      <h3>Their story, latest first</h3>${storyList(tie.story, burnIn)}`);
  }
}
