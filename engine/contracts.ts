/** Contracts: one customer's terms, laid over those of the plan for as long as they last. */
import { groupBy } from './group-by.ts';
import type { LocalDate } from './model.ts';
import { onceOf, onceOfEach } from './once-of.ts';
import { later } from './period.ts';
import type { Allowance, Contract, Plan, RuleSet, Terms } from './rule-set.ts';

/** A plan as it stands for one subscription. */
export interface AgreedPlan extends Plan {
  /** Its rates and allowances are asked before the plan's. */
  readonly contract?: Contract;
  /** Allowances of the plan whose place the contract's have taken. */
  readonly replaced?: readonly Allowance[];
}

/** Local days, half-open. */
export interface AgreedPeriod {
  readonly plan: AgreedPlan;
  readonly from: LocalDate;
  readonly until?: LocalDate | undefined;
}

/** The contracts of a customer in time order. */
export function contractsOf(document: RuleSet, customerId: string): readonly Contract[] {
  return byCustomer(document).get(customerId) ?? [];
}

/** Decision sets in the order in which they are asked: what a contract's rate does not price is priced by the plan's. */
export function setsOf(plan: AgreedPlan, sets: 'rates' | 'allowanceDecisions', service: string): readonly string[] {
  return askedOf[sets](plan, service);
}

/** Asked for every portion of usage. */
const askedOf = {
  rates: onceOfEach((plan: AgreedPlan, service: string) => setsAsked(plan, 'rates', service)),
  allowanceDecisions: onceOfEach((plan: AgreedPlan, service: string) => setsAsked(plan, 'allowanceDecisions', service)),
};

function setsAsked(plan: AgreedPlan, sets: 'rates' | 'allowanceDecisions', service: string): readonly string[] {
  const own = plan[sets][service];
  const agreed = plan.contract?.[sets][service];
  if (agreed === undefined) return own === undefined ? [] : [own];
  return own === undefined ? [agreed] : [agreed, own];
}

/** Outside its term nothing changes; within it the contract stands before the plan, of which a lock keeps one version. */
export function withContract(agreed: readonly AgreedPeriod[], contract: Contract): readonly AgreedPeriod[] {
  const { from, until, lockedUntil } = contract;
  const first = agreed.findLast((period) => period.from <= from) ?? agreed[0];
  const isLocked = (date: LocalDate) => lockedUntil !== undefined && date < lockedUntil;
  const within = cutAt(clip(agreed, from, until), lockedUntil).map((period) => ({
    ...period,
    plan: agree(isLocked(period.from) && first ? first.plan : period.plan, contract),
  }));
  return [...clip(agreed, undefined, from), ...within, ...(until === undefined ? [] : clip(agreed, until))];
}

/** Of the same name, the contract's fees replace the plan's; of the same service, its allowances and minimum spend do. */
function agree(plan: AgreedPlan, contract: Contract): AgreedPlan {
  const services = new Set(contract.allowances.map(({ service }) => service));
  const names = new Set(contract.fees.map(({ name }) => name));
  const bases = new Set(contract.minimums?.map(({ of }) => JSON.stringify(of)));
  const merged: Pick<Terms, 'fees' | 'allowances' | 'minimums'> = {
    fees: [...plan.fees.filter(({ name }) => !names.has(name)), ...contract.fees],
    allowances: [...plan.allowances.filter(({ service }) => !services.has(service)), ...contract.allowances],
    minimums: [
      ...(plan.minimums ?? []).filter(({ of }) => !bases.has(JSON.stringify(of))),
      ...(contract.minimums ?? []),
    ],
  };
  const calendars = [...new Set([...plan.calendars, ...contract.calendars])].sort();
  const replaced = plan.allowances.filter(({ service }) => services.has(service));
  return { ...plan, ...merged, calendars, contract, replaced };
}

/** What of them lies within [from, until). */
export function clip(
  periods: readonly AgreedPeriod[],
  from: LocalDate | undefined,
  until?: LocalDate,
): readonly AgreedPeriod[] {
  return periods.flatMap((period) => {
    const begin = from === undefined ? period.from : later(from, period.from);
    const end = earlier(period.until, until);
    return end !== undefined && end <= begin ? [] : [{ ...period, from: begin, until: end }];
  });
}

function cutAt(periods: readonly AgreedPeriod[], date: LocalDate | undefined): readonly AgreedPeriod[] {
  return date === undefined ? periods : [...clip(periods, undefined, date), ...clip(periods, date)];
}

function earlier(a: LocalDate | undefined, b: LocalDate | undefined): LocalDate | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}

/** Asked for every subscription, of rule sets with thousands of contracts. */
const byCustomer = onceOf((document: RuleSet): ReadonlyMap<string, readonly Contract[]> => {
  const inTime = [...document.contracts].sort((a, b) => (a.from < b.from ? -1 : 1));
  return groupBy(inTime, ({ customer }) => customer);
});
