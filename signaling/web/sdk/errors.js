// What can go wrong, as a code that programs decide by and a sentence that people read.

export class ParleyError extends Error {
  constructor(code, message) {
    super(message);
    this.name = 'ParleyError';
    this.code = code;
  }
}

export const connectionLost = () => new ParleyError('connection_lost', 'The connection to the server was lost.');
export const roomClosed = (reason) => new ParleyError('closed', `The room is closed (${reason}).`);
