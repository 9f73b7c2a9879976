/** What the words of the syntax tree name: one table, by where a word stands. A test holds it against all examples. */
import type { RuleKind, SentenceKind } from '../syntax/sentences.ts';

export type NameKind =
  | RuleKind
  | 'plan'
  | 'contract'
  | 'fact'
  | 'table'
  | 'column'
  | 'calendar'
  | 'service'
  | 'role'
  /** Fiscal category of a fee. */
  | 'category'
  /** Discounts of which the best is taken. */
  | 'group'
  | 'list'
  | 'zone'
  | 'fee'
  | 'row'
  | 'purpose'
  | 'content'
  | 'message'
  | 'file'
  | 'event'
  | 'test'
  | 'rule'
  | 'value'
  /** A value of the table of called numbers. */
  | 'destination'
  /** Of a line that cannot be read: known by the word alone. */
  | 'unread'
  | 'unit';

/** What a word at a place of the tree is: a name, text in which `{facts}` stand, or nothing that is named anywhere. */
export type WordRole = NameKind | 'text with facts' | 'no name';

/** The kind of the name that opens a sentence. */
export function nameKindOf(kind: SentenceKind): NameKind {
  switch (kind) {
    case 'declare fact':
      return 'fact';
    case 'declare service':
      return 'service';
    case 'declare role':
      return 'role';
    case 'declare category':
      return 'category';
    case 'declare list':
      return 'list';
    case 'declare zone':
      return 'zone';
    default:
      return kind;
  }
}

/**
 * By the kind of sentence or clause and the properties that lead to the word. Words that introduce a name, rather than
 * use one, are in `introduced`.
 */
export const wordRoles: Readonly<Record<string, WordRole | ((owner: object) => WordRole)>> = {
  // ---- Sentences
  'plan.currency': 'unit',
  'plan.like': 'plan',
  'plan.rounding': 'no name',
  'plan.split': 'no name',
  'table.path': 'file',
  'content.path': 'file',
  'calendar.zone': 'zone',
  'calendar.bands.region': 'no name',
  'declare.doc': 'no name',
  'declare.scope': 'no name',
  'declare.sentence': 'no name',
  'declare.type.values': 'value',

  // ---- Plans and contracts
  'contract.customer': 'no name',
  'contract.plan': 'plan',
  'minimum.of.name': baseRole,
  'commitment.of.name': baseRole,
  'prepaid.terms': 'no name',
  'policy.settings': 'no name',
  'levy.rounding.mode': 'no name',
  'renamed.former': 'no name',
  'fee.name': 'fee',
  'fee.fiscalCategory': 'category',
  'allowance.service': 'service',
  'allowance.to': 'destination',
  'rate.service': 'service',
  'charge.price.per': 'unit',
  'charge.terms.price.per': 'unit',
  'charge.terms.mode': 'no name',
  'charge.terms.decimals': 'no name',
  'charge.terms.per': 'unit',
  'tiers.terms.price.per': 'unit',
  'tiers.terms.mode': 'no name',
  'tiers.terms.decimals': 'no name',
  'tiers.terms.per': 'unit',
  'tier.price.per': 'unit',
  'as.name': 'row',
  'for plans.plans': 'plan',

  // ---- Money off, taxes, anomalies
  'take.off.name': baseRole,
  'after.names': 'discount',
  'beside.names': 'discount',
  'excludes.names': 'discount',
  'best of.names': 'group',
  'tell.message': 'message',
  'tell.cap.per': 'no name',
  'tell.see': 'no name',
  'levy.category': 'no name',
  'levy.note': 'no name',
  'raise.object': 'no name',
  'raise.severity': 'no name',
  'because.text': 'text with facts',

  // ---- Engagement
  'on.event': 'event',
  'give.gift.off': 'no name',
  'give.gift.fee': 'fee',
  'give.gift.service': 'service',
  'offer.oneOf.group': 'no name',
  'give.oncePer': 'no name',
  'purpose.purpose': 'purpose',
  'send.message': 'message',
  'send.to': 'role',
  'send.oncePer': 'no name',
  'send.with.name': (owner) => ('kind' in owner && owner.kind === 'best offer' ? 'purpose' : 'content'),
  'send.again.to': 'role',
  'steps.date': 'fact',
  'steps.actions.message': 'message',
  'steps.actions.to': 'role',
  'steps.actions.channel': 'no name',
  'between.zone': 'zone',

  // ---- Tables and tests
  'column.name': 'column',
  'column.type.values': 'value',
  'given.items.name': (owner) => ('kind' in owner && owner.kind === 'contract' ? 'contract' : 'plan'),
  'given.items.contract': 'contract',
  'given.items.line': 'no name',
  'given.items.part.session': 'no name',
  'given.items.zone': 'zone',
  'given.items.event': 'event',
  'given.items.service': 'service',
  'given.items.rule': 'advantage',
  'given.items.network': 'no name',
  'given.items.usage.service': 'service',
  'expect.outcome.allowanceOf': 'service',
  'expect.outcome.rule': (owner) => {
    const kind = 'kind' in owner ? owner.kind : undefined;
    return kind === 'discount' || kind === 'advantage' || kind === 'anomaly' || kind === 'segment'
      ? kind
      : kind === 'voucher' || kind === 'offer'
        ? 'offer'
        : 'rule';
  },
  'expect.outcome.title': 'fee',
  'expect.outcome.oncePer': 'no name',
  'expect.outcome.gives.service': 'service',
  'expect.outcome.links': 'no name',
  'expect.outcome.channel': 'no name',
  'expect.outcome.message': 'message',
  'expect.outcome.to': 'role',
};

/** `fee "…"` or `voice charges`. */
function baseRole(owner: object): WordRole {
  return 'base' in owner && owner.base === 'fee' ? 'fee' : 'service';
}

/** Where a name comes into being, besides the first line of its sentence. */
export const introduced: ReadonlySet<string> = new Set(['fee.name', 'as.name', 'column.name', 'purpose.purpose']);
