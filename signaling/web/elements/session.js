// The one connection of the page that all elements share, and what they ask of it. `<parley-calls>` puts itself in as the one who shows
// calls; the others only know this.
import { Emitter } from '../sdk/emitter.js';

class Session extends Emitter {
  calls = null;
  shower = null;    // what shows calls: startCall(person, origin), write(person, call), showDetails(call)

  #offs = [];

  get connected() {
    return this.calls?.state === 'connected';
  }

  get you() {
    return this.calls?.you ?? null;
  }

  get site() {
    return this.calls?.site ?? null;
  }

  get canWrite() {
    return Boolean(this.site?.messenger && this.you?.messenger);
  }

  use(calls) {
    for (const off of this.#offs.splice(0)) off();
    this.calls = calls;
    const changed = () => this.emit('changed');
    if (calls) this.#offs = ['sitechanged', 'youchanged', 'reconnecting', 'reconnected', 'closed'].map((type) => calls.on(type, changed));
    this.emit('calls', { calls });
    changed();
  }

  follow(member, listener) {
    return this.calls.follow(member, listener);
  }

  startCall(person, origin) {
    this.shower?.startCall(person, origin);
  }

  write(person, call) {
    this.shower?.write(person, call);
  }

  showDetails(call) {
    this.shower?.showDetails(call);
  }
}

export const session = new Session();
