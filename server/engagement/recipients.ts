import type { MessageTemplate } from '../../engine/rule-set.ts';
import type { EngagementSettings } from './engagement-deps.ts';
import type { CustomerRow } from './subjects.ts';

/** Whom a message goes to, and how. */
export interface Recipient {
  readonly channel: 'email' | 'sms';
  /** Empty when there is none. */
  readonly address: string;
  readonly language: string;
  readonly zone: string;
  /** Why nothing can be sent, in words. */
  readonly problem?: string;
}

/**
 * Finds the recipient of a message. `customer` is reached by e-mail, else by text message; a role is the person whom
 * this customer has in it, else the role's team. A message speaks the recipient's language if it has it, else English,
 * else whichever it has.
 */
export function resolveRecipient(
  to: string,
  customer: CustomerRow,
  template: MessageTemplate,
  settings: EngagementSettings,
): Recipient {
  return to === 'customer' ? theCustomer(customer, template) : inRole(to, customer, template, settings);
}

function theCustomer(customer: CustomerRow, template: MessageTemplate): Recipient {
  const common = { language: languageOf(template, customer.language), zone: customer.zone };
  if (customer.email && template.channels.includes('email'))
    return { channel: 'email', address: customer.email, ...common };
  if (customer.phone && template.channels.includes('sms'))
    return { channel: 'sms', address: customer.phone, ...common };
  const reachable = template.channels.filter((channel) => channel === 'email' || channel === 'sms').join(' or ');
  return {
    channel: 'email',
    address: '',
    ...common,
    problem: `The customer has no address for ${reachable || 'any channel of this message'}`,
  };
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
