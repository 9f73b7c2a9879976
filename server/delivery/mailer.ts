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
  | {
      readonly kind: 'unavailable';
      readonly reason: string;
      /** The server took no mail of ours, whichever: it is away, keeps silent, or does not let us in. */
      readonly isServerAway?: boolean;
    };

export interface Mailer {
  readonly send: (mail: Mail) => Promise<MailOutcome>;
  readonly close: () => void;
}

/** How long a server may keep silent, in milliseconds. */
export interface Patience {
  /** Until it greets. */
  readonly greetingMs: number;
  /** After anything that it was told: it may look a mail over before it takes it, and one given up too soon comes twice. */
  readonly answerMs: number;
}

const usualPatience: Patience = { greetingMs: 30_000, answerMs: 120_000 };

/** Sends through an SMTP server by a small pool of connections. `smtpUrl` is nodemailer's, e.g. `smtp://127.0.0.1:2525`. */
export function createMailer(smtpUrl: string, { greetingMs, answerMs } = usualPatience): Mailer {
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
    connectionTimeout: greetingMs,
    greetingTimeout: greetingMs,
    socketTimeout: answerMs,
  });
  return {
    send: async (mail) => {
      try {
        await transport.sendMail({ ...mail, attachments: [...mail.attachments] });
        return { kind: 'accepted' };
      } catch (error) {
        const { responseCode = 0, code = '', message } = error as Error & { responseCode?: number; code?: string };
        if (!aboutTheMail.has(code)) return { kind: 'unavailable', reason: message, isServerAway: true };
        return { kind: responseCode >= 500 ? 'refused' : 'unavailable', reason: message };
      }
    },
    close: () => transport.close(),
  };
}

/** Of a process that has no mail server: every mail waits for one that has. */
export const noMailServer: Mailer = {
  send: async () => ({ kind: 'unavailable', reason: 'This process has no mail server', isServerAway: true }),
  close: () => {},
};

/** nodemailer's codes for what is the matter with a mail or its recipient; all others are about the server, be it a wrong password. */
const aboutTheMail = new Set(['EENVELOPE', 'EMESSAGE', 'ESTREAM']);
