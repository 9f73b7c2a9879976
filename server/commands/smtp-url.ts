/**
 * The mail server in `SMTP_URL`; undefined if there is none, also if it is empty.
 *
 * @throws Error when it is no URL of a mail server. It may hold a password, so it is not repeated.
 */
export function readSmtpUrl(): string | undefined {
  const text = process.env.SMTP_URL;
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '')
    throw new Error('SMTP_URL is no URL of a mail server: write it like smtps://user:password@mail.example');
  return text;
}
