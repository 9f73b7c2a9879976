import { defaultParserErrorProvider, Lexer } from 'chevrotain';
import { expect, it } from 'vitest';
import { RuleGrammar } from '../../dsl/grammar/sentences.ts';
import { TestGrammar } from '../../dsl/grammar/tests.ts';
import { allTokens } from '../../dsl/syntax/tokens.ts';

class Ambiguous extends TestGrammar {
  readonly twice = this.RULE('twice', () => {
    this.OR([{ ALT: () => this.SUBRULE(this.name) }, { ALT: () => this.SUBRULE2(this.name) }]);
  });

  constructor() {
    super(defaultParserErrorProvider, false);
    this.performSelfAnalysis();
  }
}

it('has no ambiguity, no left recursion and no alternative that cannot be reached', () => {
  expect(() => new RuleGrammar(defaultParserErrorProvider, false)).not.toThrow();
  expect(() => new Ambiguous()).toThrow(/ambig/i);
});

it('has tokens that can all be told apart', () => {
  expect(new Lexer(allTokens, { positionTracking: 'full', ensureOptimizations: true }).lexerDefinitionErrors).toEqual(
    [],
  );
});
