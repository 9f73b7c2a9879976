import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochMs } from '../../engine/model.ts';
import { localDate } from '../../engine/period.ts';
import type { Company } from '../company.ts';
import { formatFor } from '../format.ts';
import { invoiceTexts } from '../invoice/invoice-texts.ts';
import { imprintOf } from '../invoice/invoice-view.ts';
import { type Letter, renderLetterPdf } from './render-letter-pdf.ts';

/** A message that goes by post. */
export interface PostedMessage {
  /** The same message is the same letter, however often it is put into the tray. */
  readonly messageId: string;
  /** Lines of the address, of which the last is the country's code (ISO 3166 alpha-2). */
  readonly recipient: string;
  readonly language: string;
  readonly subject: string;
  readonly text: string;
}

/** Where letters wait to be printed. */
export interface PostTray {
  readonly put: (message: PostedMessage, now: EpochMs) => Promise<void>;
}

/** Keeps each letter as a PDF in a folder, named after its message; it is there whole or not at all. */
export function createPostTray(folder: string, company: Company): PostTray {
  return {
    put: async ({ messageId, recipient, language, subject, text }, now) => {
      const day = localDate(now, company.companyZone);
      const place = `${company.city}, ${formatFor(language).date(day)}`;
      const imprint = imprintOf(company, invoiceTexts(language));
      const pdf = await renderLetterPdf({ language, ...envelopeOf(recipient, company), place, subject, text, imprint });
      const name = createHash('sha256').update(messageId).digest('hex').slice(0, 40);
      await mkdir(folder, { recursive: true });
      const unfinished = join(folder, `${name}.part`);
      await writeFile(unfinished, pdf);
      await rename(unfinished, join(folder, `${name}.pdf`));
    },
  };
}

/**
 * What the window of the envelope shows. A letter within the country names none; one abroad ends with where it goes, in capitals and in the
 * language of the post that takes it (DIN 5008, UPU S42), and says whence it comes in the language of the post that would send it back.
 */
export function envelopeOf(address: string, company: Company): Pick<Letter, 'sender' | 'recipient'> {
  const lines = address.split('\n');
  const country = lines.at(-1) ?? '';
  const sender = [company.legalName, company.street, `${company.postcode} ${company.city}`];
  const recipient = lines.slice(0, -1);
  if (country === company.country) return { sender: sender.join(' · '), recipient };
  const spoken = languageOf(company.country);
  return {
    sender: [...sender, formatFor(languageOf(country)).country(company.country)].join(' · '),
    recipient: [...recipient, formatFor(spoken).country(country).toLocaleUpperCase(spoken)],
  };
}

/** The language that most people of a country speak; English where they write it in letters that not every post reads. */
function languageOf(country: string): string {
  const { language, script } = new Intl.Locale(`und-${country}`).maximize();
  return script === 'Latn' ? language : 'en';
}
