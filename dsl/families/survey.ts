/** The questions of a survey: `survey.json` beside the templates of its message. */
import type { MessageTemplate } from '../../engine/outcomes.ts';
import type { Report } from '../diagnostic.ts';

/** What the page of a survey says, in each language. */
const sayings = ['title', 'intro', 'reason', 'choose', 'comment', 'kept', 'send', 'thanks', 'over'] as const;

/**
 * Reads the questions. Undefined if something has been reported, which is always in the first line: JSON has no better
 * place to point at.
 *
 * @param languages those of the message: the page speaks each of them.
 */
export function readSurvey(
  name: string,
  text: string,
  languages: readonly string[],
  report: Report,
): MessageTemplate['survey'] | undefined {
  const fault = (message: string, help: string) => {
    report('broken-message', { start: 0, end: /^[^\r\n]*/.exec(text)?.[0].length ?? 0 }, message, help);
    return undefined;
  };
  const questions = asRecord(parsed(text));
  const reasons = asRecord(questions?.reasons);
  if (!questions || !reasons || Object.keys(reasons).length === 0)
    return fault(
      `the survey.json of "${name}" has no reasons to choose from`,
      'write { "reasons": { "price": { "en": "The price" } }, "en": { "title": "…" } }',
    );
  const unnamed = Object.keys(reasons).find((reason) => !/^[a-z]\w*$/.test(reason));
  if (unnamed !== undefined)
    return fault(`the reason "${unnamed}" cannot be named in a rule`, 'name it with small letters, digits and `_`');
  for (const language of languages) {
    const silent = Object.entries(reasons).find(([, words]) => !isText(asRecord(words)?.[language]));
    if (silent) return fault(`the reason "${silent[0]}" has no words in "${language}"`, 'add them beside the others');
    const own = asRecord(questions[language]);
    const missing = sayings.find((saying) => !isText(own?.[saying]));
    if (missing)
      return fault(
        `the survey.json of "${name}" has no "${missing}" in "${language}"`,
        `each language of the message has: ${sayings.join(', ')}`,
      );
  }
  return { reasons: Object.keys(reasons) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}
