/** The book of all names: what the sentences of all files declare, and what is built in. */
import type { Catalogue, MessageTemplate } from '../../engine/outcomes.ts';
import type {
  Calendar,
  DerivedFact,
  FactDefinition,
  LookupTable,
  ServiceDefinition,
  SourceLocation,
} from '../../engine/rule-set.ts';
import { serviceFacts } from '../../engine/service-facts.ts';
import type { Translations } from '../../engine/titles.ts';
import { builtInFacts, builtInServices } from '../../engine/vocabulary.ts';
import type { Report } from '../diagnostic.ts';
import type { ContractSentence, PlanSentence, RuleSentence, Sentence } from '../syntax/sentences.ts';
import type { Span } from '../syntax/tree.ts';

/** A sentence with the file it stands in. Spans in it count from where its text begins, and so do its reports. */
export interface Placed<S extends Sentence = Sentence> {
  readonly sentence: S;
  readonly file: string;
  readonly report: Report;
  readonly locate: (at: Span) => SourceLocation;
  readonly slice: (at: Span) => string;
}

export interface Book {
  /** The zone of times that name none (`declare zone`). */
  zone: string;
  /** Versions by plan, in order of their first day. */
  readonly plans: Map<string, Placed<PlanSentence>[]>;
  /** The names of the fees of all plans and contracts. */
  readonly fees: Set<string>;
  /** Contracts by name, in order of their first day. */
  readonly contracts: Map<string, Placed<ContractSentence>[]>;
  /** The currencies that each plan is in. */
  readonly currencies: Map<string, readonly string[]>;
  readonly discounts: Map<string, Placed<RuleSentence>>;
  readonly offers: Map<string, Placed<RuleSentence>>;
  readonly segments: Map<string, Placed<RuleSentence>>;
  readonly facts: Map<string, FactDefinition>;
  /** How facts that are looked up or worked out come about; only those that rules read go into the rule set. */
  readonly derivations: Map<string, DerivedFact>;
  /** Derived facts that some rule reads. */
  readonly derived: Map<string, DerivedFact>;
  readonly services: Map<string, ServiceDefinition>;
  readonly tables: Map<string, LookupTable>;
  readonly calendars: Map<string, Calendar>;
  readonly lists: Map<string, readonly string[]>;
  readonly roles: Set<string>;
  /** Fiscal categories of fees. */
  readonly categories: Set<string>;
  readonly messages: Map<string, MessageTemplate>;
  /** Catalogues of links that messages can bring along. */
  readonly catalogues: Map<string, Catalogue>;
  /** Titles in other languages, by language. */
  readonly titles: Map<string, Translations>;
  /** For each purpose that offers are for, the facts that they read. */
  readonly purposes: Map<string, readonly string[]>;
  /** Names that are meant to exist and whose own sentence is faulty: they are not reported again where they are used. */
  readonly lost: Set<string>;
  /** Names of tables and calendars that a rule has read. */
  readonly used: Set<string>;
  /** Ids of the rules, for tests. */
  readonly ruleNames: Set<string>;
  /** Titles that lines of a bill can have, for tests. */
  readonly lineTitles: Set<string>;
  /** Titles of fees that steps charge, for tests. */
  readonly stepFees: Set<string>;
  /** Not while some rule is faulty: then a test may name what is not there yet. */
  knowsAllRules: boolean;
  /** Texts of the files beside the rules. */
  readonly files: ReadonlyMap<string, string>;
}

export function emptyBook(files: ReadonlyMap<string, string>): Book {
  const book: Book = {
    zone: 'UTC',
    plans: new Map(),
    fees: new Set(),
    contracts: new Map(),
    currencies: new Map(),
    discounts: new Map(),
    offers: new Map(),
    segments: new Map(),
    facts: new Map(builtInFacts.map((fact) => [fact.name, fact])),
    derivations: new Map(),
    derived: new Map(),
    services: new Map(),
    tables: new Map(),
    calendars: new Map(),
    lists: new Map(),
    roles: new Set(),
    categories: new Set(),
    messages: new Map(),
    catalogues: new Map(),
    titles: new Map(),
    purposes: new Map(),
    lost: new Set(),
    used: new Set(),
    ruleNames: new Set(),
    lineTitles: new Set(),
    stepFees: new Set(),
    knowsAllRules: false,
    files,
  };
  for (const { service, facts } of alwaysThere) enterService(book, service, facts);
  return book;
}

/** The same ones in every book, so that work which has read them is not done again. */
const alwaysThere = builtInServices.map((service) => ({ service, facts: serviceFacts(service) }));

export function addService(book: Book, service: ServiceDefinition): void {
  enterService(book, service, serviceFacts(service));
}

function enterService(book: Book, service: ServiceDefinition, facts: readonly FactDefinition[]): void {
  book.services.set(service.name, service);
  for (const fact of facts) book.facts.set(fact.name, fact);
}

export function isOf<K extends Sentence['kind']>(
  placed: Placed,
  ...kinds: readonly K[]
): placed is Placed<Extract<Sentence, { kind: K }>> {
  return (kinds as readonly string[]).includes(placed.sentence.kind);
}
