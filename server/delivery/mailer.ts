import { createTransport } from 'nodemailer';

export interface Mail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** The same message keeps its Message-ID however often it is offered. */
  readonly messageId: string;
  readonly attachments: readonly MailAttachment[];
}

export interface MailAttachment {
  readonly filename: string;
  readonly content: Buffer;
  readonly contentType: string;
}

export type MailOutcome =
  /** The server took it. */
  | { readonly kind: 'accepted' }
  /** The server refused it for good: no retry helps. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It may work later. */
  | { readonly kind: 'unavailable'; readonly reason: string };

export interface Mailer {
  readonly send: (mail: Mail) => Promise<MailOutcome>;
  readonly close: () => void;
}

/** Sends through an SMTP server by a small pool of connections. `smtpUrl` is nodemailer's, e.g. `smtp://127.0.0.1:2525`. */
export function createMailer(smtpUrl: string): Mailer {
  const url = new URL(smtpUrl);
  const transport = createTransport({
    host: url.hostname,
    port: Number(url.port || 25),
    secure: url.protocol === 'smtps:',
    ...(url.username
      ? { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }
      : {}),
    // A sink on this very machine has no certificate to show.
    ignoreTLS: url.hostname === '127.0.0.1',
    pool: true,
    maxConnections: 4,
    maxMessages: Number.POSITIVE_INFINITY,
  });
  return {
    send: async (mail) => {
      try {
        await transport.sendMail({ ...mail, attachments: [...mail.attachments] });
        return { kind: 'accepted' };
      } catch (error) {
        const { responseCode, message } = error as Error & { responseCode?: number };
        return { kind: responseCode !== undefined && responseCode >= 500 ? 'refused' : 'unavailable', reason: message };
      }
    },
    close: () => transport.close(),
  };
}
