// What fake devices show and play: a test picture that moves and a tone of a given pitch, made once and kept.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folder = path.join(os.tmpdir(), 'parley-e2e-media');

function made(name, args) {
  const file = path.join(folder, name);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const part = path.join(folder, `part-${process.pid}-${name}`);
  execFileSync('ffmpeg', ['-loglevel', 'error', '-y', ...args, part]);
  renameSync(part, file);
  return file;
}

export const tone = (hertz) =>
  made(`tone-${hertz}.wav`, ['-f', 'lavfi', '-i', `sine=frequency=${hertz}:sample_rate=48000:duration=10`, '-af', 'volume=0.5']);

export const movingPicture = () =>
  made('moving-640x360.mjpeg', ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=30:duration=4', '-c:v', 'mjpeg', '-q:v', '5']);
