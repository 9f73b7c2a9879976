import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochMs } from '../../engine/model.ts';
import { localDate } from '../../engine/period.ts';
import type { Company } from '../company.ts';
import { formatFor } from '../format.ts';
import { renderLetterPdf } from './render-letter-pdf.ts';

/** A message that goes by post. */
export interface PostedMessage {
  /** The same message is the same letter, however often it is put into the tray. */
  readonly messageId: string;
  /** Lines of the address. */
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
  const sender = [company.legalName, company.street, `${company.postcode} ${company.city}`].join(' · ');
  return {
    put: async ({ messageId, recipient, language, subject, text }, now) => {
      const day = localDate(now, company.companyZone);
      const place = `${company.city}, ${formatFor(language).date(day)}`;
      const pdf = await renderLetterPdf({ language, sender, recipient: recipient.split('\n'), place, subject, text });
      const name = createHash('sha256').update(messageId).digest('hex').slice(0, 40);
      await mkdir(folder, { recursive: true });
      const unfinished = join(folder, `${name}.part`);
      await writeFile(unfinished, pdf);
      await rename(unfinished, join(folder, `${name}.pdf`));
    },
  };
}
