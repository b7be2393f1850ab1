// Whose cards are on the screen: one list for the server, made of what the page names at once and of what single cards follow.

const kMost = 200;   // per tab

export class Watching {
  people = new Map();   // member → PersonState

  #send;                // (members) → Promise of the people
  #tell;
  #list = [];
  #followers = new Map();   // member → Set of listeners
  #planned = false;
  #round = 0;

  constructor(send, tell) {
    this.#send = send;
    this.#tell = tell;
  }

  watch(members) {
    this.#list = [...new Set(members)];
    this.#plan();
    return this.people;
  }

  follow(member, listener = () => {}) {
    const one = { listener };
    if (!this.#followers.has(member)) this.#followers.set(member, new Set());
    this.#followers.get(member).add(one);
    this.#plan();
    if (this.people.has(member)) listener(this.people.get(member));
    return () => {
      const followers = this.#followers.get(member);
      if (!followers?.delete(one) || followers.size > 0) return;
      this.#followers.delete(member);
      this.#plan();
    };
  }

  // One of them changed.
  changed(person) {
    const known = this.people.get(person.member);
    if (known && JSON.stringify(known) === JSON.stringify(person)) return;
    this.people.set(person.member, person);
    for (const { listener } of [...(this.#followers.get(person.member) ?? [])]) listener(person);
    this.#tell(person);
  }

  // The server forgot the list with the connection.
  again() {
    if (this.#list.length > 0 || this.#followers.size > 0) this.#plan();
  }

  // Many cards that come and go in one turn are one message.
  #plan() {
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(async () => {
      this.#planned = false;
      const round = ++this.#round;
      const members = [...new Set([...this.#list, ...this.#followers.keys()])].slice(0, kMost);
      let people;
      try {
        people = await this.#send(members);
      } catch {
        return;   // the next connection asks again
      }
      if (round !== this.#round) return;
      const named = new Set(people.map(({ member }) => member));
      for (const member of [...this.people.keys()]) if (!named.has(member)) this.people.delete(member);
      for (const person of people) this.changed(person);
    });
  }
}
