/** Which clauses each kind of sentence takes. Drives the checks on clauses and the completion of clause words. */
import type { Report } from '../diagnostic.ts';
import type { Clause, ClauseKind, ClauseOf } from '../syntax/clauses.ts';
import type { ClauseWord } from '../syntax/keywords.ts';
import type { Sentence, SentenceKind } from '../syntax/sentences.ts';

interface Shape {
  /** Clauses that may stand any number of times. */
  readonly many: readonly ClauseKind[];
  readonly once: readonly ClauseKind[];
  readonly required: readonly ClauseKind[];
}

const conditions = ['when', 'unless'] as const;
/** What plans and contracts are made of; `renamed` may stand below each part of them. */
const terms = [
  'fee',
  'allowance',
  'rate',
  'otherwise',
  'as',
  'charge',
  'tiers',
  'tier',
  'minimum',
  'renamed',
  ...conditions,
] as const;

export const shapes: Readonly<Record<SentenceKind, Shape>> = {
  plan: {
    many: [...terms],
    once: ['dates', 'lock', 'subscriptions from', 'prepaid', 'invoice at', 'policy', 'sessions'],
    required: [],
  },
  contract: { many: [...terms, 'commitment'], once: ['dates', 'lock'], required: ['dates'] },
  discount: {
    many: [...conditions, 'after', 'beside', 'excludes', 'tier'],
    once: ['for plans', 'take', 'best of', 'dates', 'renamed'],
    required: ['take'],
  },
  tax: { many: conditions, once: ['otherwise', 'levy', 'dates', 'renamed'], required: ['levy'] },
  advantage: { many: conditions, once: ['tell', 'dates', 'renamed'], required: ['tell'] },
  anomaly: {
    many: conditions,
    once: ['raise', 'because', 'for plans', 'dates', 'renamed'],
    required: ['raise', 'because'],
  },
  segment: { many: conditions, once: ['dates', 'renamed'], required: ['when'] },
  offer: {
    many: [...conditions, 'send', 'beside'],
    once: ['on', 'purpose', 'give', 'alone', 'dates', 'renamed'],
    required: ['give'],
  },
  remind: {
    many: [...conditions, 'steps', 'send'],
    once: ['between', 'stop when', 'for plans', 'dates', 'renamed'],
    required: ['steps', 'between'],
  },
  dunning: { many: [...conditions, 'steps'], once: ['between', 'stop when', 'dates', 'renamed'], required: ['steps'] },
  notify: { many: [...conditions, 'send'], once: ['on', 'dates', 'renamed'], required: ['on', 'send'] },
  content: { many: conditions, once: ['rank', 'top', 'dates', 'renamed'], required: ['rank', 'top'] },
  table: { many: ['column'], once: [], required: [] },
  calendar: { many: [], once: [], required: [] },
  'declare fact': { many: [], once: [], required: [] },
  'declare service': { many: [], once: [], required: [] },
  'declare role': { many: [], once: [], required: [] },
  'declare category': { many: [], once: [], required: [] },
  'declare list': { many: [], once: [], required: [] },
  'declare zone': { many: [], once: [], required: [] },
  test: { many: ['given', 'expect'], once: [], required: ['given', 'expect'] },
};

/** The words that open a clause, for messages and completion. */
export const openers: Readonly<Record<ClauseKind, readonly ClauseWord[]>> = {
  dates: ['from', 'until'],
  fee: ['fee'],
  allowance: ['allowance'],
  rate: ['rate'],
  when: ['when'],
  unless: ['unless'],
  'stop when': ['stop when'],
  otherwise: ['otherwise'],
  as: ['as'],
  charge: ['charge'],
  tiers: ['graduated', 'volume per cycle'],
  tier: ['first', 'next', 'beyond'],
  minimum: ['minimum spend'],
  commitment: ['commitment'],
  prepaid: ['usage paid from credit'],
  'invoice at': ['invoice at', 'invoice every'],
  sessions: ['sessions rated'],
  lock: ['price locked'],
  policy: ['policy'],
  'subscriptions from': ['for subscriptions from'],
  renamed: ['renamed from'],
  'for plans': ['for plan'],
  take: ['take'],
  after: ['after'],
  beside: ['beside'],
  excludes: ['excludes'],
  'best of': ['best of'],
  levy: [],
  tell: ['tell'],
  raise: ['hold', 'flag', 'reject'],
  because: ['because'],
  on: ['on'],
  give: ['give'],
  send: ['send', 'send survey'],
  purpose: ['for'],
  alone: ['not with other offers'],
  steps: [],
  between: ['between'],
  rank: ['rank by'],
  top: ['top'],
  column: ['column'],
  given: ['given'],
  expect: ['expect'],
};

const spoken: Partial<Record<ClauseKind, string>> = {
  levy: '`19% category S`',
  steps: '`7 days before subscription.renews_on`',
  raise: '`hold`, `flag` or `reject`',
  dates: '`from`',
};

/** Whether the sentence has the clauses it needs and no others; reports otherwise. */
export function checkShape(sentence: Sentence, report: Report): boolean {
  const shape = shapes[sentence.kind];
  const seen = new Set<ClauseKind>();
  let sound = !sentence.broken;
  for (const clause of sentence.clauses) {
    if (![...shape.many, ...shape.once].includes(clause.kind)) {
      const places = Object.entries(shapes)
        .filter(([, other]) => [...other.many, ...other.once].includes(clause.kind))
        .map(([kind]) => kind);
      report(
        'misplaced-clause',
        clause.span,
        `${clauseName(clause.kind)} does not belong into \`${sentence.kind}\``,
        `it belongs into ${places.join(', ')}`,
      );
      sound = false;
    } else if (seen.has(clause.kind) && shape.once.includes(clause.kind)) {
      report(
        'repeated-clause',
        clause.span,
        `${clauseName(clause.kind)} stands here a second time`,
        clause.kind === 'dates' ? 'write both days on one line: `from … until …`' : 'keep one of the two',
      );
      sound = false;
    }
    seen.add(clause.kind);
  }
  const missing = shape.required.find((kind) => !seen.has(kind));
  if (!missing || !sound) return sound && !missing;
  report(
    'missing-clause',
    sentence.name.span,
    `this ${sentence.kind} has no ${clauseName(missing)} clause`,
    'add it on a line of its own, indented',
  );
  return false;
}

export function clausesOf<K extends ClauseKind>(
  clauses: readonly Clause[],
  ...kinds: readonly K[]
): readonly ClauseOf<K>[] {
  return clauses.filter((clause): clause is ClauseOf<K> => (kinds as readonly string[]).includes(clause.kind));
}

export function clauseOf<K extends ClauseKind>(clauses: readonly Clause[], kind: K): ClauseOf<K> | undefined {
  return clausesOf(clauses, kind)[0];
}

function clauseName(kind: ClauseKind): string {
  return spoken[kind] ?? `\`${openers[kind][0] ?? kind}\``;
}
