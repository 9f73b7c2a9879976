// Makes a fresh clone ready: installs what is missing and builds what is out of date. With --check it does nothing, and fails if the
// packages or the built server are out of date. Plain JavaScript that imports nothing of ours or npm's, because it runs before either exists.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const onlyChecks = process.argv.includes('--check');
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Ratebook needs Node 20.19 or later; this is ${process.version}.`);
  process.exit(1);
}

const lock = hash([join(project, 'package-lock.json')], readFileSync);
step('Install the packages', join(project, 'node_modules/.ratebook'), lock, () => {
  npm('ci', '--no-audit', '--no-fund', '--loglevel=error');
});
step('Build the server', join(project, 'dist/.server'), stampOf('dsl', 'engine', 'server'), () =>
  node('server/build.mjs'),
);
if (!onlyChecks)
  step('Build the editor', join(project, 'dist/.editor'), stampOf('dsl', 'engine', 'editor'), () =>
    node('node_modules/vite/bin/vite.js', 'build', '--config', 'editor/vite.config.ts', '--logLevel', 'warn'),
  );

/** Does a step unless its marker says that it was done for this very state. */
function step(title, marker, state, action) {
  if (existsSync(marker) && readFileSync(marker, 'utf8') === state) return;
  if (onlyChecks) {
    console.error(`What is built is not what the sources say (to do: ${title}). Run \`npm run build\` first.`);
    process.exit(1);
  }
  const started = performance.now();
  process.stderr.write(`${title} …\n`);
  try {
    action();
  } catch (error) {
    console.error(`${title} failed. ${error.stderr ?? error.message}`);
    process.exit(1);
  }
  mkdirSync(dirname(marker), { recursive: true });
  writeFileSync(marker, state);
  process.stderr.write(`${title}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

function npm(...args) {
  // Inside an npm script npm says where it is; outside, it is on the path.
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js'))
    execFileSync(process.execPath, [cli, ...args], { cwd: project, stdio: ['ignore', 'ignore', 'inherit'] });
  else execFileSync('npm', args, { cwd: project, stdio: ['ignore', 'ignore', 'inherit'] });
}

function node(path, ...args) {
  execFileSync(process.execPath, [join(project, path), ...args], {
    cwd: project,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : statSync(path).isFile() ? [path] : [];
  });
}

/** Tells whether a room, or one that it is built from, has changed. */
function stampOf(...rooms) {
  const sources = rooms.flatMap((room) => files(join(project, room)));
  return hash([...sources, join(project, 'tsconfig.json'), join(project, 'package-lock.json')], readFileSync);
}

function hash(paths, read) {
  const digest = createHash('sha256');
  for (const path of [...paths].sort()) digest.update(path.slice(project.length)).update(read(path));
  return digest.digest('hex');
}
