// Runs one of the scripts beside this file as a process of its own: what it says of itself, and the highest memory the kernel saw.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The script prints one JSON object, in which `peakMiB` is its highest resident set. */
export async function childPeakMiB(script, args) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${script} ended with ${code}`);
  return JSON.parse(text);
}
