// One thing after the other: a negotiation starts when the one before it has ended, well or badly.

export class Queue {
  #tail = Promise.resolve();

  run(task) {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => {});
    return result;
  }
}
