// Where messages come from: a server, over one connection that is made again when it breaks.

import { decode } from "./decode.js";

export class LiveFeed {
  constructor(run, receive) {
    this.run = run;
    this.receive = receive; // { binary(message), json(message), link(up) }
    this.asked = new Map();
    this.next = 1;
    this.tries = 0;
    this.connect();
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/run/${this.run}/feed`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => { this.tries = 0; this.receive.link(true); };
    this.socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) { this.receive.binary(decode(data)); return; }
      const message = JSON.parse(data), waiting = this.asked.get(message.n);
      if (waiting && (message.type === "answer" || message.type === "refused")) { this.asked.delete(message.n); (message.type === "answer" ? waiting.resolve : waiting.reject)(message); return; }
      this.receive.json(message);
    };
    this.socket.onclose = (event) => {
      for (const { reject } of this.asked.values()) reject({ text: "the connection was lost" });
      this.asked.clear();
      this.receive.link(false, event.reason);
      if (!this.closed) setTimeout(() => this.connect(), Math.min(8000, 300 * 2 ** this.tries++));
    };
  }

  /** Let the run do something; nothing comes back but the new state. */
  tell(command) { if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(command)); }

  /** Ask something; the answer, or a rejection with its text. */
  ask(question) {
    return new Promise((resolve, reject) => {
      if (this.socket.readyState !== WebSocket.OPEN) { reject({ text: "there is no connection" }); return; }
      const n = this.next++;
      this.asked.set(n, { resolve, reject });
      this.socket.send(JSON.stringify({ ...question, n }));
    });
  }

  close() { this.closed = true; this.socket.close(); }
}
