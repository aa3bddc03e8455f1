// A recorded run in place of a server: the same messages, played and scrubbed offline.

import { decode } from "./decode.js";

/** The bytes of the recording that the page carries, inflated. */
export async function inflate(text) {
  const packed = Uint8Array.from(atob(text.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

/** The messages of a recording, each preceded by its length. */
export function messagesOf(buffer) {
  const view = new DataView(buffer), out = [];
  for (let at = 0; at + 8 <= buffer.byteLength;) { const size = view.getUint32(at, true); out.push(buffer.slice(at + 8, at + 8 + size)); at += 8 + size + ((8 - (size % 8)) % 8); }
  return out;
}

export class RecordedFeed {
  constructor(buffer, receive) {
    this.receive = receive;
    this.months = []; // message of each month that turns the one before into it
    this.keyframes = new Map(); // month -> snapshot
    this.stories = {};
    this.state = { type: "state", run: "", playing: false, opening: false, speed: 4, failed: "", role: "view", controls: true, controlled: true, viewers: 0, scenarios: [], scenario: "", tracks: [] };
    for (const message of messagesOf(buffer)) {
      const { head } = decode(message);
      if (head.type === "history") this.history = message;
      else if (head.type === "snapshot") this.keyframes.set(head.month, message);
      else if (head.type === "month") this.months[head.month] = message;
      else if (head.type === "stories") this.stories = head.stories;
      else if (head.type === "recording") Object.assign(this.state, head.state);
    }
    this.month = Math.min(...this.keyframes.keys());
    this.first = this.month;
    receive.link(true);
    queueMicrotask(() => { receive.binary(decode(this.history.slice(0))); this.go(this.state.burn_in); });
    this.due = 0;
    const turn = (now) => { if (this.state.playing && now >= this.due) { this.due = now + 1000 / this.state.speed; this.step(); } requestAnimationFrame(turn); };
    requestAnimationFrame(turn);
  }

  tell(command) {
    const { state } = this;
    if (command.do === "play") state.playing = this.month < state.last;
    else if (command.do === "pause") state.playing = false;
    else if (command.do === "speed") state.speed = command.value;
    else if (command.do === "step") { state.playing = false; this.step(); return; }
    else if (command.do === "go") { state.playing = false; this.go(command.month); return; }
    this.say();
  }

  say() { this.state.month = this.month; this.state.ended = this.month >= this.state.last; this.receive.json({ ...this.state }); }

  step() {
    if (this.month >= this.state.last) { this.state.playing = false; this.say(); return; }
    this.month++;
    this.receive.binary(decode(this.months[this.month].slice(0)));
    if (this.month >= this.state.last) this.state.playing = false;
    this.say();
  }

  go(month) {
    const target = Math.max(this.first, Math.min(this.state.last, Math.round(month)));
    const start = Math.max(...[...this.keyframes.keys()].filter((m) => m <= target));
    this.receive.binary(decode(this.keyframes.get(start).slice(0)));
    this.jumping = true; // months passed over are not told
    for (this.month = start; this.month < target;) { this.month++; this.receive.binary(decode(this.months[this.month].slice(0))); }
    this.jumping = false;
    this.say();
  }

  async ask(question) {
    if (question.do === "named") {
      const wanted = question.name.toLowerCase(), [uid, { name, story } = {}] = Object.entries(this.stories).find(([, one]) => one.name.toLowerCase() === wanted) ?? [];
      const exit = story?.find(([month, sort]) => sort === "exit" && month < this.month);
      return { named: exit ? { uid: Number(uid), name, left: exit[0] } : null };
    }
    if (question.do === "firm") {
      const lines = this.stories[question.uid];
      if (!lines) throw { text: "the recording says nothing of this firm" };
      return { firm: { uid: question.uid, name: lines.name, alive: true, recorded: true, story: lines.story.filter((l) => l[0] < this.month).map(([month, sort, text, other]) => ({ month, sort, text, other })), earlier: 0 } };
    }
    const own = this.stories[question.a]?.story ?? [];
    return { tie: { a: question.a, b: question.b, names: [this.stories[question.a]?.name, this.stories[question.b]?.name], story: own.filter((l) => l[3] === question.b && l[0] < this.month).map(([month, sort, text, other]) => ({ month, sort, text, other })) } };
  }
}
