import { describe, expect, it } from 'vitest';
import { catalogue } from '../../dsl/catalogue.ts';
import { compileRules } from '../../dsl/compile.ts';
import { renderDiagnostic } from '../../dsl/render.ts';
import { fences, readText } from './sources.ts';

const sections = readText('dsl/ERRORS.md')
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const [code = '', ...rest] = section.split('\n');
    const files = fences(rest.join('\n')).map(({ info, text }) => ({
      path: info.split(' ')[1] ?? 'example.rules',
      text,
    }));
    return { code: code.trim(), files };
  });

describe('The catalogue of diagnostics', () => {
  it('is described in full, and describes nothing else', () => {
    expect(sections.map(({ code }) => code).sort()).toEqual(Object.keys(catalogue).sort());
  });

  it.each(sections)('shows an example of $code that provokes it once and nothing else', ({ code, files }) => {
    const { diagnostics } = compileRules({ files });
    expect(diagnostics.map((found) => found.code)).toEqual([code]);
  });

  it.each(sections)('points at the words that are wrong in $code', ({ files }) => {
    for (const { file, span } of compileRules({ files }).diagnostics) {
      const text = files.find(({ path }) => path === file)?.text ?? '';
      expect(text.slice(span.start, span.end).trim()).not.toBe('');
    }
  });
});

it('Diagnostics read well', async () => {
  const rendered = sections.flatMap(({ files }) =>
    compileRules({ files }).diagnostics.map((found) =>
      renderDiagnostic(found, files.find(({ path }) => path === found.file)?.text ?? ''),
    ),
  );
  await expect(`${rendered.join('\n\n')}\n`).toMatchFileSnapshot('../golden/diagnostics.txt');
});
