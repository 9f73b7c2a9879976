/** Message folders: `messages/<name>/message.json` and one template per language and channel. */
import type { MessageTemplate } from '../../engine/outcomes.ts';
import type { Book } from '../check/book.ts';
import { canonicalJson, hashText } from '../check/canonical.ts';
import type { Report } from '../diagnostic.ts';
import type { Span } from '../syntax/tree.ts';
import { readSurvey } from './survey.ts';

const channels = ['email', 'sms', 'push', 'post'] as const;
const purposes = ['service', 'promotion'] as const;

/** Reads all message folders; a folder that is no message is reported in its `message.json`. */
export function defineMessages(book: Book, reportIn: (file: string) => Report): void {
  const folders = new Map<string, string[]>();
  for (const path of book.files.keys()) {
    const folder = /^messages\/([^/]+)\/[^/]+$/.exec(path)?.[1];
    if (folder !== undefined) folders.set(folder, [...(folders.get(folder) ?? []), path]);
  }
  const messages = [...folders].flatMap(([name, paths]) => readMessage(name, paths.sort(), book, reportIn) ?? []);
  for (const message of messages) book.messages.set(message.name, message);
  const reasons = [...new Set(messages.flatMap(({ survey }) => survey?.reasons ?? []))].sort();
  const answer = book.facts.get(surveyAnswer);
  // What can be answered is what can be asked for.
  if (answer && reasons.length > 0)
    book.facts.set(surveyAnswer, { ...answer, type: { kind: 'enum', values: reasons } });
}

const surveyAnswer = 'subscription.cancellation_reason';

const templateName = new RegExp(`/([a-z]{2})\\.(${channels.join('|')})\\.eta$`);

function firstLine(text: string): Span {
  return { start: 0, end: /^[^\r\n]*/.exec(text)?.[0].length ?? 0 };
}

function readMessage(
  name: string,
  paths: readonly string[],
  book: Book,
  reportIn: (file: string) => Report,
): MessageTemplate | undefined {
  const file = `messages/${name}/message.json`;
  const text = book.files.get(file);
  if (text === undefined) {
    const [first] = paths;
    if (first)
      reportIn(first)(
        'broken-message',
        firstLine(book.files.get(first) ?? ''),
        `the message "${name}" has no message.json`,
        `write messages/${name}/message.json with its purpose and sender`,
      );
    return undefined;
  }
  const settings = readJson(text);
  if (!settings) {
    reportIn(file)(
      'broken-message',
      firstLine(text),
      `the message.json of "${name}" is no JSON`,
      'write { "purpose": "service", "sender": "Name <address>" }',
    );
    return undefined;
  }
  const misnamed = paths.find((path) => path.endsWith('.eta') && !templateName.test(path));
  if (misnamed) {
    reportIn(misnamed)(
      'broken-message',
      firstLine(book.files.get(misnamed) ?? ''),
      `${misnamed.slice(misnamed.lastIndexOf('/') + 1)} says no language and channel by its name`,
      `name it as a language of two letters and one of ${channels.join(', ')}: en.email.eta`,
    );
    return undefined;
  }
  const purpose = purposes.find((candidate) => candidate === settings.purpose);
  const sender = settings.sender;
  const templates = templatesIn(paths);
  const usable = channels.filter((channel) => templates.some((template) => template.channel === channel));
  if (!purpose || typeof sender !== 'string' || usable.length === 0) {
    const message = !purpose ? 'says no purpose' : usable.length === 0 ? 'has no template' : 'says no sender';
    const help = !purpose
      ? 'write "purpose": "service" or "promotion"'
      : usable.length === 0
        ? 'add a template such as en.email.eta'
        : 'write "sender": "Name <address>"';
    reportIn(file)('broken-message', firstLine(text), `the message "${name}" ${message}`, help);
    return undefined;
  }
  const languages = [...new Set(templates.map(({ language }) => language))].sort();
  const questions = `messages/${name}/survey.json`;
  const asked = book.files.get(questions);
  const survey = asked === undefined ? undefined : readSurvey(name, asked, languages, reportIn(questions));
  if (asked !== undefined && !survey) return undefined;
  return {
    name,
    purpose,
    sender,
    languages,
    channels: usable,
    ...(survey && { survey }),
    hash: hashText(canonicalJson(paths.map((path) => [path, book.files.get(path)]))),
  };
}

function templatesIn(paths: readonly string[]): readonly { readonly language: string; readonly channel: string }[] {
  return paths.flatMap((path) => {
    const [, language, channel] = templateName.exec(path) ?? [];
    return language !== undefined && channel !== undefined ? [{ language, channel }] : [];
  });
}

function readJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
