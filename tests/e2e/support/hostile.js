// Bytes that no client would send, from a seed that is printed with a failure.
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

export function random(seed) {
  let state = BigInt(seed);
  const next = () => {
    state = (state + 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & 0xffffffffffffffffn;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & 0xffffffffffffffffn;
    return Number((z ^ (z >> 31n)) >> 32n);
  };
  return { below: (n) => next() % n, bytes: (n) => Buffer.from(Array.from({ length: n }, () => next() & 0xff)) };
}

// A pool of datagrams of every class (RFC 7983), most of them broken in a way of their own.
export function datagrams(seed, count) {
  const rng = random(seed);
  return Array.from({ length: count }, (_, i) => {
    const datagram = rng.bytes(1 + rng.below(i % 50 === 0 ? 1400 : 120));
    switch (i % 6) {
      case 0: {   // STUN with the right cookie and a length that may or may not fit
        const header = Buffer.alloc(20);
        header.writeUInt16BE(rng.below(4) === 0 ? 0x0101 : 0x0001, 0);
        header.writeUInt16BE(rng.below(3) === 0 ? rng.below(65536) : datagram.length & ~3, 2);
        header.writeUInt32BE(0x2112a442, 4);
        return Buffer.concat([header, datagram]);
      }
      case 1: datagram[0] = 20 + rng.below(44); break;    // DTLS
      case 2: datagram[0] = 0x80 | rng.below(64); break;  // RTP or RTCP
      case 3: {   // RTCP by its type
        datagram[0] = 0x80 | rng.below(32);
        if (datagram.length > 1) datagram[1] = 200 + rng.below(8);
        break;
      }
      case 4: {   // a DTLS record header over noise
        return Buffer.concat([Buffer.from([22, 254, 253, 0, 0, 0, 0, 0, 0, 0, rng.below(9), 0, datagram.length & 0xff]), datagram]);
      }
      default:
    }
    return datagram;
  });
}

// Sends `total` datagrams to 127.0.0.1:port from a few sockets, at most `ahead` of what the kernel has taken.
export async function flood(port, pool, total, { sockets = 4, ahead = 64 } = {}) {
  const senders = await Promise.all(Array.from({ length: sockets }, () => new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.connect(port, '127.0.0.1', () => resolve(socket));
  })));
  let left = total;
  let refused = 0;
  await Promise.all(senders.map((socket, s) => new Promise((resolve) => {
    let flying = 0;
    let at = s;
    socket.on('error', () => { refused += 1; });
    const pump = () => {
      while (flying < ahead && left > 0) {
        left -= 1;
        flying += 1;
        at = (at + 1) % pool.length;
        socket.send(pool[at], (error) => {
          if (error) refused += 1;
          flying -= 1;
          if (left > 0) setImmediate(pump);
          else if (flying === 0) resolve();
        });
      }
      if (left <= 0 && flying === 0) resolve();
    };
    pump();
  })));
  for (const socket of senders) socket.close();
  return { sent: total - refused };
}

export function residentKilobytes(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

// Writes bytes to a TCP port and resolves with whatever comes back until the connection ends or `within` has passed.
export function say(port, bytes, { within = 1000 } = {}) {
  return new Promise((resolve) => {
    const chunks = [];
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    const done = () => { socket.destroy(); resolve(Buffer.concat(chunks)); };
    const timer = setTimeout(done, within);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => { clearTimeout(timer); done(); });
  });
}
