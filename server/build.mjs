// Builds the rooms that run in Node into `dist`, file by file, so that what stands beside a module or is started as a thread is found there as in
// the sources. Packages are loaded from where they are installed, but for two that are made of some 650 modules each, which every command and every
// thread took longer to load than all else: what they are made of goes into a few files in `dist/packages`. Types are checked by `npm run lint`.
import { readdirSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const project = fileURLToPath(new URL('..', import.meta.url));
const bundled = [
  'chevrotain',
  'typebox',
  'typebox/compile',
  'typebox/format',
  'typebox/system',
  'typebox/value',
  '@fastify/type-provider-typebox',
];
const sources = ['dsl', 'engine', 'server'].flatMap((room) =>
  readdirSync(`${project}${room}`, { recursive: true })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${room}/${path}`),
);
const shared = { cwd: project, platform: 'node', tsconfig: 'tsconfig.json', logLevel: 'warn' };
const format = 'esm';

/** Where each package is found from a module of ours, which lies in `dist` as deep as in the sources. */
const packages = {
  name: 'packages',
  resolveId(id, importer) {
    if (!importer || !/^[a-z@]/.test(id)) return null;
    const isBundled = bundled.includes(id);
    const isBeside = !isBundled && bundled.some((name) => id.startsWith(`${name}/`));
    // It would be loaded from where it is installed, with settings of its own: what is set in one is not read in the other.
    if (isBeside) this.error(`${id} is a part of a package that is bundled: put it into the list of those, too`);
    return { id: isBundled ? relative(dirname(importer), `${project}packages/${id}.js`) : id, external: true };
  },
};

await build([
  {
    ...shared,
    input: Object.fromEntries(bundled.map((name) => [name, name])),
    output: { dir: 'dist/packages', format, entryFileNames: '[name].js', chunkFileNames: 'parts/[name].js' },
  },
  {
    ...shared,
    input: sources,
    plugins: [packages],
    output: { dir: 'dist', format, sourcemap: true, preserveModules: true, preserveModulesRoot: project },
  },
]);
