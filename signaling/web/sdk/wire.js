// One WebSocket connection of the protocol `parley.v1`: JSON messages out and in, answers matched to requests by id. It does not
// reconnect; a lost connection is reported once and its open requests fail with `connection_lost`.
import { ParleyError, connectionLost } from './errors.js';

const kSubprotocol = 'parley.v1';
const kPolicyViolation = 1008;
const kOpenTimeout = 8000;
const kAnswerTimeout = 8000;

export class Wire {
  // Called with each message that is no answer, and once with {code} when the connection has gone.
  onmessage = () => {};
  onlost = () => {};

  #socket;
  #pending = new Map();
  #nextId = 1;
  #gone = false;

  constructor(socket) {
    this.#socket = socket;
  }

  static open(url) {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, kSubprotocol);
      const wire = new Wire(socket);
      const timer = setTimeout(() => socket.close(), kOpenTimeout);
      socket.onopen = () => {
        clearTimeout(timer);
        resolve(wire);
      };
      socket.onmessage = ({ data }) => wire.#receive(data);
      socket.onclose = ({ code }) => {
        clearTimeout(timer);
        reject(connectionLost());
        wire.#lose(code);
      };
    });
  }

  send(type, fields = {}) {
    if (!this.#gone && this.#socket.readyState === 1) this.#socket.send(JSON.stringify({ type, ...fields }));
  }

  // The direct answer, or its error. No answer in time means that the connection is dead without knowing it.
  request(type, fields = {}) {
    if (this.#gone) return Promise.reject(connectionLost());
    const id = String(this.#nextId++);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.abandon(), kAnswerTimeout);
      this.#pending.set(id, { resolve, reject, timer });
      this.send(type, { id, ...fields });
    });
  }

  // Gives the connection up as lost, without waiting for the network to agree.
  abandon() {
    this.#socket.close();
    this.#lose(1006);
  }

  // Ends the connection on purpose: onlost is not called.
  close() {
    this.onlost = () => {};
    this.onmessage = () => {};
    this.abandon();
  }

  #receive(text) {
    if (this.#gone) return;
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    const request = this.#pending.get(message.id);
    if (!request) {
      this.onmessage(message);
      return;
    }
    this.#pending.delete(message.id);
    clearTimeout(request.timer);
    if (message.type === 'error') request.reject(new ParleyError(message.code, message.message));
    else request.resolve(message);
    // Leaving is answered by `closed`, which also is an event.
    if (message.type === 'closed') this.onmessage(message);
  }

  #lose(code) {
    if (this.#gone) return;
    this.#gone = true;
    const error = code === kPolicyViolation ? new ParleyError('refused', 'The server refused the connection.') : connectionLost();
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#pending.clear();
    this.onlost({ code });
  }
}
