import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json: the same from the sources and from the build in `dist/`. */
export const projectFolder: string = findProject(dirname(fileURLToPath(import.meta.url)));

/** The operator's rule files; `RATEBOOK_RULES` names another folder. */
export function rulesFolder(): string {
  return resolve(process.env.RATEBOOK_RULES ?? join(projectFolder, 'rules'));
}

/** Everything Ratebook keeps outside a database server of yours; `RATEBOOK_DATA` names another folder. */
export function dataFolder(): string {
  return resolve(process.env.RATEBOOK_DATA ?? join(projectFolder, '.ratebook'));
}

/** Ratebook's own version, from package.json. */
export function productVersion(): string {
  return JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')).version;
}

function findProject(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('Ratebook cannot find its own package.json above its code');
  return findProject(parent);
}
