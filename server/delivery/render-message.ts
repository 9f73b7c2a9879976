import { Eta } from 'eta';
import type { Company } from '../company.ts';
import { formatFor } from '../format.ts';

/** What a message row says about itself; `data` is what the rule that sent it left for the template. */
export interface MessageContent {
  readonly template: string;
  readonly language: string;
  readonly channel: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface RenderedMessage {
  /** Empty for channels without one. */
  readonly subject: string;
  /** Empty for channels that carry plain text. */
  readonly html: string;
  readonly text: string;
}

export interface MessageRenderer {
  readonly render: (message: MessageContent) => RenderedMessage;
  /** Templates that were mended since they were first rendered are what is rendered next. */
  readonly rereadTemplates: () => void;
}

/**
 * Renders messages from the templates under `rules/messages/`. The template of a mail or a letter begins with
 * `Subject: …` and an empty line; what follows is HTML in a mail, plain text in a letter. `publicUrl` is where customers reach invoices and surveys.
 *
 * @throws Error of Eta, naming template and place, when a template reads what the message does not have.
 */
export function createMessageRenderer(rulesFolder: string, company: Company, publicUrl: string): MessageRenderer {
  const eta = new Eta({ views: `${rulesFolder}/messages`, cache: true, autoTrim: false, defaultExtension: '' });
  return rendererOf(eta, company, publicUrl);
}

/** The same by an Eta of one's own, which finds `/<message>/<language>.<channel>.eta`. */
export function rendererOf(eta: Eta, company: Company, publicUrl: string): MessageRenderer {
  return {
    rereadTemplates: () => eta.templatesSync.reset(),
    render: (message) => {
      const format = formatFor(message.language);
      const page = eta.render(`/${message.template}/${message.language}.${message.channel}.eta`, {
        ...(onOneLine(message.data) as MessageContent['data']),
        company,
        format,
        ...withUrls(message.data, publicUrl),
      });
      switch (message.channel) {
        case 'email':
          return splitMail(page);
        case 'post':
          return splitLetter(page);
        default:
          return { subject: '', html: '', text: page.trim() };
      }
    },
  };
}

/** Data is words within a sentence: a line break in a name must not end the subject and begin a body of its own. */
function onOneLine(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  if (Array.isArray(value)) return value.map(onOneLine);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, onOneLine(one)]));
}

function withUrls(data: MessageContent['data'], publicUrl: string): Record<string, unknown> {
  const invoice = data.invoice as { readonly number: string } | undefined;
  const creditNote = data.creditNote as { readonly number: string } | undefined;
  const survey = data.survey as { readonly token: string } | undefined;
  return {
    ...(invoice && {
      invoice: { ...invoice, url: `${publicUrl}/v1/invoices/${encodeURIComponent(invoice.number)}/html` },
    }),
    ...(creditNote && {
      creditNote: {
        ...creditNote,
        url: `${publicUrl}/v1/credit-notes/${encodeURIComponent(creditNote.number)}/html`,
      },
    }),
    ...(survey && { survey: { ...survey, url: `${publicUrl}/survey/${survey.token}` } }),
  };
}

/** A letter begins with its subject as a mail does; what follows is plain text in paragraphs. */
function splitLetter(page: string): RenderedMessage {
  const [head = '', ...rest] = page.trimStart().split(/\r?\n\r?\n/);
  return { subject: head.replace(/^Subject:\s*/, '').trim(), html: '', text: rest.join('\n\n').trim() };
}

function splitMail(page: string): RenderedMessage {
  const [head = '', ...rest] = page.trimStart().split(/\r?\n\r?\n/);
  const html = rest.join('\n\n');
  return {
    subject: head
      .replace(/^Subject:\s*/, '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
    html,
    text: htmlToText(html),
  };
}

/** The plain-text part, for readers that want one: the words without the markup. */
function htmlToText(html: string): string {
  return html
    .replaceAll(/<(style|head|title)[\s\S]*?<\/\1>/g, '')
    .replaceAll(/<a [^>]*href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/g, (_, href: string, label: string) =>
      href.startsWith('mailto:') ? label : `${label} (${href})`,
    )
    .replaceAll(/<\/(p|h1|h2|tr|li)>|<br>/g, '\n')
    .replaceAll(/<\/th>/g, ': ')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}
