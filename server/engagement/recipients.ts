import type { Channel, MessageTemplate } from '../../engine/outcomes.ts';
import type { EngagementSettings } from './engagement-deps.ts';
import type { CustomerRow } from './subjects.ts';

/** Whom a message goes to, and how. */
export interface Recipient {
  readonly channel: 'email' | 'sms' | 'post';
  /** Empty when there is none. */
  readonly address: string;
  readonly language: string;
  readonly zone: string;
  /** Why nothing can be sent, in words. */
  readonly problem?: string;
}

/**
 * Finds the recipient of a message. `customer` is reached by e-mail, else by text message, else by post, unless the rule
 * names the channel; a role is the person whom this customer has in it, else the role's team. A message speaks the recipient's language if it has it, else English,
 * else whichever it has.
 */
export function resolveRecipient(
  to: string,
  customer: CustomerRow,
  template: MessageTemplate,
  settings: EngagementSettings,
  only?: Channel,
): Recipient {
  return to === 'customer' ? theCustomer(customer, template, only) : inRole(to, customer, template, settings);
}

const preferred = ['email', 'sms', 'post'] as const;

function theCustomer(customer: CustomerRow, template: MessageTemplate, only: Channel | undefined): Recipient {
  const common = { language: languageOf(template, customer.language), zone: customer.zone };
  const addresses = { email: customer.email ?? '', sms: customer.phone ?? '', post: postalAddress(customer) };
  const usable = preferred.filter(
    (channel) => template.channels.includes(channel) && (only === undefined || channel === only),
  );
  const channel = usable.find((one) => addresses[one] !== '');
  if (channel) return { channel, address: addresses[channel], ...common };
  return {
    channel: usable[0] ?? 'email',
    address: '',
    ...common,
    problem: `The customer has no address for ${usable.join(' or ') || 'any channel of this message'}`,
  };
}

/** The lines of an address window; empty while some are not known. */
function postalAddress({ name, street, postcode, city, country }: CustomerRow): string {
  if (street === '' || city === '') return '';
  return [name, street, `${postcode} ${city}`.trim(), country].join('\n');
}

function inRole(
  role: string,
  customer: CustomerRow,
  template: MessageTemplate,
  settings: EngagementSettings,
): Recipient {
  const own = role === 'sales manager' ? customer.salesManager : null;
  const address = own ?? settings.roleAddresses[role] ?? '';
  const common = {
    channel: 'email',
    address,
    language: languageOf(template, settings.staffLanguage),
    zone: settings.companyZone,
  } as const;
  return address === '' ? { ...common, problem: `Nobody is set for the role “${role}”` } : common;
}

function languageOf(template: MessageTemplate, wanted: string): string {
  if (template.languages.includes(wanted)) return wanted;
  return template.languages.includes('en') ? 'en' : (template.languages[0] ?? wanted);
}
