import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { collectFile, readFileHead, unknownSource } from './collect-file.ts';
import type { HeaderLine } from './decoded-line.ts';
import type { CollectContext } from './place-line.ts';
import { formatOfFile } from './usage-formats.ts';

/** So many sources are collected side by side: while the database stores one file, another is being read. */
const sourcesAtOnce = 3;

/**
 * Collects every file of a folder; those of one source in the order of their sequence, so that equal folders give equal
 * books whatever order the files came in. `onFile` is told the records each file's header promised, once it is done.
 */
export async function collectFolder(
  context: CollectContext,
  folder: string,
  onFile: (records: number, total: number) => void,
): Promise<void> {
  const files = await listUsageFiles(folder, context.formats);
  const total = files.reduce((sum, file) => sum + (file.head.records ?? 0), 0);
  const sources = [...new Set(files.map((file) => file.head.source))];
  await Promise.all(
    Array.from({ length: sourcesAtOnce }, async () => {
      for (let source = sources.shift(); source !== undefined; source = sources.shift()) {
        for (const file of files) {
          if (file.head.source !== source) continue;
          await collectFile(context, file.path);
          onFile(file.head.records ?? 0, total);
        }
      }
    }),
  );
}

async function listUsageFiles(
  folder: string,
  declared: CollectContext['formats'],
): Promise<readonly { readonly path: string; readonly head: HeaderLine }[]> {
  const names = (await readdir(folder)).filter((name) => formatOfFile(name, declared));
  const files = await Promise.all(
    names.map(async (name) => ({
      path: join(folder, name),
      head: (await readFileHead(join(folder, name), declared)) ?? headless,
    })),
  );
  return files.sort(
    (a, b) => compare(a.head.source, b.head.source) || a.head.sequence - b.head.sequence || compare(a.path, b.path),
  );
}

const headless: HeaderLine = { kind: 'header', source: unknownSource, sequence: 0, records: 0 };

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
