import { Type } from 'typebox';
import { accountDate } from '../../engine/account-days.ts';
import { cycleNumber, monthsOf, numberedCycle } from '../../engine/cycles.ts';
import { isZone } from '../../engine/period.ts';
import { readAccountTimes, removeAccountChange, setAccountChange } from '../accounts/account-changes.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { closed, day } from './json-fields.ts';
import { invalidBody, problem, withProblems } from './problem.ts';

const zone = Type.String({ maxLength: 60, description: 'IANA time zone' });
const cycleDay = Type.Integer({ minimum: 1, maximum: 31 });
const bridge = Type.Union([Type.Literal('shorter'), Type.Literal('longer')], {
  description:
    'The cycle that leads to the new cycle day: up to its next date, or on to the first that makes it a whole one',
});
const params = Type.Object({ id: Type.String({ maxLength: 200 }) });
const changeParams = Type.Object({ id: Type.String({ maxLength: 200 }), from: day });

/** In order of time. */
export const accountChangesSchema = Type.Array(
  Type.Object({
    from: day,
    zone: Type.Optional(zone),
    cycleDay: Type.Optional(cycleDay),
    bridge: Type.Optional(bridge),
  }),
);

const timesSchema = Type.Object({
  zone: Type.String({ description: 'Before any change' }),
  cycleDay: Type.Integer({ description: 'Before any change' }),
  changes: accountChangesSchema,
  cycles: Type.Array(
    Type.Object({ from: day, until: day, isBridge: Type.Boolean({ description: 'Charged by its part of a month' }) }),
    { description: 'The cycle that is running, and those that follow' },
  ),
});

/** How an account counts its days and cycles, and from when on otherwise. */
export function accountChangeRoutes(api: Api, deps: ApiDeps): void {
  const { db } = deps.engagement;
  const response = withProblems({ 200: timesSchema });
  const show = async (id: string) => {
    const { now } = await deps.clock.read();
    return showTimes(deps, id, now);
  };
  api.get(
    '/v1/accounts/:id/changes',
    { schema: { summary: 'Changes of an account’s zone and cycle day, and the cycles to come', params, response } },
    async (request) => show(request.params.id),
  );

  const body = Type.Object(
    { zone: Type.Optional(zone), cycleDay: Type.Optional(cycleDay), bridge: Type.Optional(bridge) },
    closed,
  );
  api.put(
    '/v1/accounts/:id/changes/:from',
    {
      schema: {
        summary: 'Move an account to another zone or cycle day from a day on; the same again changes nothing',
        params: changeParams,
        body,
        response,
      },
    },
    async ({ params: { id, from }, body: wanted }) => {
      checkChange(wanted);
      const outcome = await setAccountChange(db, id, { from, ...wanted });
      if (outcome === 'unknown account') throw problem('not-found', `There is no billing account ${id}`);
      if (outcome === 'already billed') throw billed(id, from);
      return show(id);
    },
  );

  api.delete(
    '/v1/accounts/:id/changes/:from',
    {
      schema: {
        summary: 'Take a change back that no bill has counted with yet',
        params: changeParams,
        response,
      },
    },
    async ({ params: { id, from } }) => {
      const outcome = await removeAccountChange(db, id, from);
      if (outcome === 'unknown change') throw problem('not-found', `Account ${id} has no change from ${from} on`);
      if (outcome === 'already billed') throw billed(id, from);
      return show(id);
    },
  );
}

const shownCycles = 4;

async function showTimes({ engagement: { db } }: ApiDeps, id: string, now: number) {
  const times = await readAccountTimes(db, id);
  if (!times) throw problem('not-found', `There is no billing account ${id}`);
  const running = cycleNumber(times, accountDate(times, now));
  const cycles = Array.from({ length: shownCycles }, (_, index) => {
    const { from, until } = numberedCycle(times, running + index);
    return { from, until, isBridge: monthsOf(times, { from, until }).some((month) => month.isBridge) };
  });
  return { zone: times.zone, cycleDay: times.cycleDay, changes: [...(times.changes ?? [])], cycles };
}

function checkChange(wanted: { readonly zone?: string; readonly cycleDay?: number; readonly bridge?: string }): void {
  if (wanted.zone !== undefined && !isZone(wanted.zone))
    throw invalidBody([{ pointer: '#/zone', detail: 'must be an IANA time zone like Europe/Berlin' }]);
  if (wanted.zone === undefined && wanted.cycleDay === undefined)
    throw invalidBody([{ pointer: '#', detail: 'must say a zone, a cycleDay or both' }]);
  if (wanted.bridge !== undefined && wanted.cycleDay === undefined)
    throw invalidBody([{ pointer: '#/bridge', detail: 'belongs to a new cycleDay, which is missing' }]);
}

function billed(id: string, from: string) {
  return problem('already-billed', `Cycles of account ${id} that a run has taken up would change from ${from}`);
}
