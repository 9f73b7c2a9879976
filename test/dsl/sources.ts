/** Rule sources for tests: fences of a Markdown page, files in memory, the shipped rules folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Holidays from 'date-holidays';
import type { CompileOptions, RuleSource, SourceFile } from '../../dsl/source.ts';

export const project = fileURLToPath(new URL('../../', import.meta.url));

/** One `.rules` file and a few things that rules like to read. */
export function source(rules: string, ...more: readonly SourceFile[]): RuleSource {
  return { files: [{ path: 'example.rules', text: rules }, ...more] };
}

export const destinations: SourceFile = {
  path: 'tables/destinations.csv',
  text: 'prefix,destination\n+49,home\n+43,eu\n+47,efta\n+49900,premium\n',
};

export const roamingZones: SourceFile = {
  path: 'tables/roaming-zones.csv',
  text: 'network,roaming_zone\n26201,home\n20801,zone_1\n310260,zone_2\n',
};

export function message(name: string): readonly SourceFile[] {
  return [
    { path: `messages/${name}/message.json`, text: '{"purpose":"service","sender":"Test <test@example.org>"}' },
    { path: `messages/${name}/en.email.eta`, text: 'Subject: Test\n\nHello' },
  ];
}

/** Fenced blocks with their info string, in order. */
export function fences(markdown: string): readonly { readonly info: string; readonly text: string }[] {
  return [...markdown.matchAll(/^```([^\n]+)\n([\s\S]*?)^```$/gm)].map(([, info = '', text = '']) => ({
    info: info.trim(),
    text,
  }));
}

export function readText(path: string): string {
  return readFileSync(project + path, 'utf8');
}

/** The rules folder as it is shipped. */
export function shippedRules(): RuleSource {
  const root = `${project}rules/`;
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return {
    files: files.map((entry) => {
      const path = `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/').replace('//', '/');
      return { path: path.slice(root.length), text: readFileSync(path, 'utf8') };
    }),
  };
}

/** The examples of the language reference: one rulebook, with the tables and messages of the shipped rules beside it. */
export function referenceRules(): RuleSource {
  const written = fences(readText('dsl/README.md'));
  const rules = written
    .filter(({ info }) => info === 'rules')
    .map(({ text }, index) => ({ path: `example-${String(index + 10)}.rules`, text }));
  const tables = written.flatMap(({ info, text }) => (info.startsWith('csv ') ? [{ path: info.slice(4), text }] : []));
  // Titles are those of the shipped rules, not of the examples.
  const beside = shippedRules().files.filter(({ path }) => !/\.rules$|^titles\//.test(path));
  return { files: [...rules, ...tables, ...beside] };
}

const holidaysByYear = new Map<string, readonly string[]>();

/** Public holidays of Germany and its parts, as the server passes them; working them out takes longer than compiling. */
export const withHolidays = {
  holidays: (region, year) => {
    const key = `${region} ${year}`;
    const days = holidaysByYear.get(key) ?? holidaysOf(region, year);
    holidaysByYear.set(key, days);
    return days;
  },
} satisfies CompileOptions;

function holidaysOf(region: string, year: number): readonly string[] {
  const [country = '', part] = region.split('-');
  const calendar = part === undefined ? new Holidays(country) : new Holidays(country, part);
  return calendar
    .getHolidays(year)
    .filter(({ type }) => type === 'public')
    .map(({ date }) => date.slice(0, 10));
}
