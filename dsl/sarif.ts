/**
 * Diagnostics as SARIF 2.1.0, which code hosts and editors read: each fault at its place, with its remedy, and for each
 * code what the catalogue says of it. https://docs.oasis-open.org/sarif/sarif/v2.1.0/
 */
import { type Code, catalogue } from './catalogue.ts';
import type { Diagnostic, Fix } from './diagnostic.ts';

export interface SarifOptions {
  /** Of the tool. */
  readonly version: string;
  /** Path of the rules folder from where the report is read, `rules`; empty if that is the folder itself. */
  readonly folder: string;
  /** Markdown by code: what `ERRORS.md` says of it. */
  readonly help: ReadonlyMap<string, string>;
}

/** One run; its rules are the whole catalogue, so that a reader finds each by its index. */
export function diagnosticsAsSarif(diagnostics: readonly Diagnostic[], options: SarifOptions) {
  const codes = Object.keys(catalogue) as Code[];
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'ratebook',
            version: options.version,
            rules: codes.map((code) => ({
              id: code,
              shortDescription: { text: catalogue[code].fault },
              help: textAndMarkdown(options.help.get(code) ?? catalogue[code].fault),
              defaultConfiguration: { level: catalogue[code].severity },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((one) => resultOf(one, codes.indexOf(one.code), options.folder)),
      },
    ],
  };
}

/** The sections of `ERRORS.md` by their heading, which is the code. */
export function helpByCode(errors: string): ReadonlyMap<string, string> {
  const sections = errors.split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => {
      const [code = ''] = section.split('\n');
      return [code.trim(), section.slice(code.length).trim()];
    }),
  );
}

function resultOf(diagnostic: Diagnostic, ruleIndex: number, folder: string) {
  const { code, severity, file, span, line, column, endLine, endColumn, message, help, fixes } = diagnostic;
  const artifactLocation = { uri: encodeURI(folder === '' ? file : `${folder}/${file}`) };
  const region = {
    ...{ startLine: line, startColumn: column, endLine, endColumn },
    ...{ charOffset: span.start, charLength: span.end - span.start },
  };
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: `${message}; ${help}` },
    locations: [{ physicalLocation: { artifactLocation, region } }],
    ...(fixes && { fixes: fixes.map((fix) => fixOf(fix, artifactLocation)) }),
  };
}

function fixOf({ title, edits }: Fix, artifactLocation: { readonly uri: string }) {
  const replacements = edits.map(({ span, text }) => ({
    deletedRegion: { charOffset: span.start, charLength: span.end - span.start },
    insertedContent: { text },
  }));
  return { description: { text: title }, artifactChanges: [{ artifactLocation, replacements }] };
}

/** A reader without Markdown sees the same words; fences and backticks do no harm there. */
function textAndMarkdown(markdown: string) {
  return { text: markdown, markdown };
}
