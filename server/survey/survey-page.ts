import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Eta } from 'eta';
import type { Company } from '../company.ts';
import { projectFolder } from '../folders.ts';

/** The words of a survey in one language, as `survey.json` beside its message has them; the compiler has checked them. */
interface SurveyWords {
  readonly title: string;
  readonly intro: string;
  readonly reason: string;
  /** Said where no reason was chosen. */
  readonly choose: string;
  readonly comment: string;
  readonly kept: string;
  readonly send: string;
  readonly thanks: string;
  readonly over: string;
  readonly reasons: readonly { readonly id: string; readonly words: string }[];
}

/** What a page shows: the questions, thanks, or that it is too late. */
export interface SurveyView {
  readonly message: string;
  readonly language: string;
  readonly state: 'open' | 'answered' | 'over';
  /** No reason was chosen: the page says so at the question and keeps what was written. */
  readonly fault?: boolean;
  readonly comment?: string;
  readonly kept?: string;
}

export interface SurveyPages {
  readonly render: (view: SurveyView) => Promise<string>;
  /** The page of a link that is none. */
  readonly renderUnknown: () => string;
}

/** Renders the pages of surveys from the questions beside the rules: plain HTML that needs no script. */
export function createSurveyPages(rulesFolder: string, company: Company): SurveyPages {
  const eta = new Eta({ views: join(projectFolder, 'server/survey'), cache: true, autoTrim: ['nl', false] });
  return {
    render: async (view) =>
      eta.render('./survey', { ...view, words: await readWords(rulesFolder, view), company: company.name }),
    renderUnknown: () =>
      eta.render('./survey', { state: 'unknown', language: company.staffLanguage, company: company.name }),
  };
}

async function readWords(rulesFolder: string, { message, language }: SurveyView): Promise<SurveyWords> {
  const text = await readFile(join(rulesFolder, 'messages', message, 'survey.json'), 'utf8');
  const all = JSON.parse(text) as Record<string, Omit<SurveyWords, 'reasons'>> & {
    readonly reasons: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
  const own = all[language];
  if (own === undefined) throw new Error(`The survey “${message}” has no words in “${language}”`);
  const reasons = Object.entries(all.reasons).map(([id, words]) => ({ id, words: words[language] ?? id }));
  return { ...own, reasons };
}
