import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { grammar } from '../../../dsl/syntax/parse.ts';
import { project, readText } from '../sources.ts';
import { drawGrammar } from './draw-grammar.ts';

const pictures = [...drawGrammar(grammar().getGAstProductions())].map(([name, svg]) => ({
  name,
  file: `${name.replaceAll(' ', '-')}.svg`,
  svg,
}));

describe('The diagrams of the grammar', () => {
  it.each(pictures)('are what the parser reads: $name', async ({ file, svg }) => {
    await expect(svg).toMatchFileSnapshot(`${project}dsl/diagrams/${file}`);
  });

  it('are of nothing else', () => {
    expect(readdirSync(`${project}dsl/diagrams`).sort()).toEqual(pictures.map(({ file }) => file).sort());
  });

  it('all stand in the reference', () => {
    const reference = readText('dsl/README.md');
    expect(pictures.filter(({ file }) => !reference.includes(`](diagrams/${file})`)).map(({ file }) => file)).toEqual(
      [],
    );
  });
});
