import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface MailSink {
  readonly smtpUrl: string;
  readonly close: () => Promise<void>;
}

/**
 * A mail server that keeps every mail it gets as a file named after its Message-ID, so that a mail offered twice is kept
 * once. It is the demo's post office: what it has taken lies in the customer's mailbox. Loopback only.
 */
export async function startMailSink(folder: string): Promise<MailSink> {
  await mkdir(folder, { recursive: true });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    hideSize: true,
    logger: false,
    onData: (stream, _session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => keep(folder, Buffer.concat(chunks)).then(() => callback(), callback));
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.server.address();
  if (typeof address !== 'object' || !address) throw new Error('The mail sink has no address');
  return {
    smtpUrl: `smtp://127.0.0.1:${address.port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export interface KeptMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly attachments: readonly string[];
}

/** The mail with a Message-ID as the mailbox has it; undefined if it never came. */
export async function readKeptMail(folder: string, messageId: string): Promise<KeptMail | undefined> {
  const raw = await readFile(join(folder, fileName(messageId))).catch(() => undefined);
  if (!raw) return undefined;
  const mail = await PostalMime.parse(raw);
  return {
    subject: mail.subject ?? '',
    html: mail.html ?? '',
    text: mail.text ?? '',
    attachments: mail.attachments.map((one) => one.filename ?? ''),
  };
}

async function keep(folder: string, raw: Buffer): Promise<void> {
  const messageId =
    /^message-id:\s*(<[^>]+>)/im.exec(raw.subarray(0, 8_192).toString('latin1'))?.[1] ??
    createHash('sha256').update(raw).digest('hex');
  const path = join(folder, fileName(messageId));
  await writeFile(`${path}.part`, raw);
  await rename(`${path}.part`, path);
}

function fileName(messageId: string): string {
  return `${createHash('sha256').update(messageId).digest('hex').slice(0, 40)}.eml`;
}
