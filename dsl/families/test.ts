/** Tests: what is given and what is expected, in base units; the engine runs them. */
import type { Expectation, TestCase } from '../../engine/test-case.ts';
import type { Book, Placed } from '../check/book.ts';
import type { TestSentence } from '../syntax/sentences.ts';
import { clausesOf } from './shapes.ts';
import { lowerExpectation } from './test-expectation.ts';
import { lowerSetting } from './test-setting.ts';

/** Undefined if something has been reported. */
export function compileTest(placed: Placed<TestSentence>, book: Book): TestCase | undefined {
  const { sentence } = placed;
  const items = clausesOf(sentence.clauses, 'given').flatMap((clause) => clause.items);
  const given = lowerSetting(items, placed, book);
  const bench = { given, placed, book };
  const expect = clausesOf(sentence.clauses, 'expect').map((clause) => lowerExpectation(clause, bench));
  if (!given || expect.includes(undefined)) return undefined;
  return { name: sentence.name.text, at: placed.locate(sentence.span), given, expect: expect as Expectation[] };
}
