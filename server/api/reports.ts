import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { findBillRun } from '../bill-run/bill-run.ts';
import { ageingBuckets, readAgeing } from '../receivables/ageing.ts';
import { readDso, usualDsoDays } from '../receivables/dso.ts';
import { findLedgerFaults, ledgerChecks } from '../receivables/ledger-faults.ts';
import { readWriteOffs } from '../receivables/read-write-offs.ts';
import { readTrialBalance } from '../receivables/trial-balance.ts';
import { toCsv } from '../report/csv.ts';
import { ageingColumns, metricColumns, writeOffColumns } from '../report/export.ts';
import { type Metric, metrics } from '../report/metrics.ts';
import { readMetrics } from '../report/read-metrics.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { day } from './json-fields.ts';
import { problem, withProblems } from './problem.ts';
import { todayIn } from './today.ts';

const amount = Type.String({ description: 'Decimal amount as text' });
const format = Type.Optional(Type.Enum(['json', 'csv'], { description: 'JSON unless told' }));
const sums = {
  currency: Type.String(),
  ...Object.fromEntries(ageingBuckets.map((bucket) => [bucket, amount])),
  open: amount,
  overdue: amount,
  credit: amount,
};

/** Figures of the runs and of what is owed, as JSON and CSV. */
export function reportRoutes(api: Api, deps: ApiDeps): void {
  metricsRoute(api, deps);
  ageingRoute(api, deps);
  writeOffsRoute(api, deps);
  ledgerRoute(api, deps);
}

function metricsRoute(api: Api, deps: ApiDeps): void {
  const catalogue = Object.entries(metrics).map(([name, metric]: [string, Metric]) => ({ name, ...metric }));
  const answer = Type.Object({
    metrics: Type.Array(
      Type.Object({ name: Type.String(), title: Type.String(), unit: Type.String(), formula: Type.String() }),
    ),
    rows: Type.Array(
      Type.Object({
        run: Type.String({ description: 'Empty: of the documents that no run issued on that day' }),
        issuedOn: day,
        metric: Type.String(),
        key: Type.String({ description: 'Of a breakdown the plan, service, tax or code; else empty' }),
        value: Type.String({ description: 'Decimal text: 99.41 is 99.41 %' }),
        unit: Type.String(),
        currency: Type.String(),
        working: Type.String({ description: 'The figures that it is made of' }),
      }),
    ),
  });
  const querystring = Type.Object({ run: Type.Optional(Type.String({ maxLength: 100 })), format });
  api.get(
    '/v1/reports/metrics',
    {
      schema: {
        summary:
          'Every metric with its formula, of each run and of what was issued outside them, or of one run; the earliest first',
        querystring,
        produces: ['application/json', 'text/csv'],
        response: withProblems({ 200: Type.Unsafe<object | string>(answer) }),
      },
    },
    async ({ query }, reply) => {
      if (query.run !== undefined && (await findBillRun(deps.engagement.db, query.run)) === undefined)
        throw problem('not-found', `There is no bill run ${query.run}`);
      const rows = await readMetrics(deps.engagement.db, query.run);
      return query.format === 'csv'
        ? sendCsv(reply, 'metrics', toCsv(rows, metricColumns))
        : reply.send({ metrics: catalogue, rows });
    },
  );
}

function ageingRoute(api: Api, deps: ApiDeps): void {
  const answer = Type.Object({
    on: day,
    dso: Type.Array(
      Type.Object({
        on: day,
        periodDays: Type.Integer(),
        currency: Type.String(),
        days: Type.Number(),
        receivables: amount,
        revenue: amount,
        formula: Type.String(),
      }),
    ),
    totals: Type.Array(Type.Object({ ...sums, accounts: Type.Integer() })),
    accounts: Type.Array(Type.Object({ accountId: Type.String(), customerName: Type.String(), ...sums })),
  });
  const querystring = Type.Object({
    on: Type.Optional(Type.String({ format: 'date', description: 'At the end of this day; today unless told' })),
    days: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 3660, description: `Period of DSO; ${usualDsoDays} unless told` }),
    ),
    format,
  });
  api.get(
    '/v1/reports/ageing',
    {
      schema: {
        summary: 'What is owed by days past due, by account and in sum, and days sales outstanding',
        querystring,
        produces: ['application/json', 'text/csv'],
        response: withProblems({ 200: Type.Unsafe<object | string>(answer) }),
      },
    },
    async ({ query }, reply) => {
      const { db } = deps.engagement;
      const on = query.on ?? todayIn(deps, (await deps.clock.read()).now);
      const ageing = await readAgeing(db, on);
      if (query.format === 'csv') return sendCsv(reply, `ageing-${on}`, toCsv(ageing.accounts, ageingColumns));
      const periodDays = query.days ?? usualDsoDays;
      const dso = await Promise.all(ageing.totals.map(({ currency }) => readDso(db, { on, currency, periodDays })));
      return reply.send({ ...ageing, dso });
    },
  );
}

function writeOffsRoute(api: Api, deps: ApiDeps): void {
  const answer = Type.Object({
    rows: Type.Array(
      Type.Object({
        on: day,
        id: Type.String(),
        invoiceNumber: Type.String(),
        accountId: Type.String(),
        customerName: Type.String(),
        currency: Type.String(),
        amount: Type.String({ description: 'With tax; below zero: taken back, because it was paid or given back' }),
        taxIncluded: Type.String({ description: 'The part of it that is the invoice’s tax, in proportion' }),
        because: Type.String(),
      }),
    ),
  });
  const querystring = Type.Object({ from: Type.Optional(day), until: Type.Optional(day), format });
  api.get(
    '/v1/reports/write-offs',
    {
      schema: {
        summary: 'What was written off, with the tax in it; of days from one to another if told, both included',
        querystring,
        produces: ['application/json', 'text/csv'],
        response: withProblems({ 200: Type.Unsafe<object | string>(answer) }),
      },
    },
    async ({ query }, reply) => {
      const rows = await readWriteOffs(deps.engagement.db, query);
      return query.format === 'csv'
        ? sendCsv(reply, 'write-offs', toCsv(rows, writeOffColumns))
        : reply.send({ rows: [...rows] });
    },
  );
}

function ledgerRoute(api: Api, deps: ApiDeps): void {
  const answer = Type.Object({
    balances: Type.Array(
      Type.Object({ ledger: Type.String(), detail: Type.String(), currency: Type.String(), balance: amount }),
    ),
    checks: Type.Array(Type.String(), { description: 'What is asked of documents and postings' }),
    faults: Type.Array(Type.Object({ check: Type.String(), subject: Type.String(), detail: Type.String() })),
  });
  api.get(
    '/v1/reports/ledger',
    {
      schema: {
        summary: 'The trial balance, and what is untrue of the ledger: nothing',
        response: withProblems({ 200: answer }),
      },
    },
    async () => {
      const { db } = deps.engagement;
      const [balances, faults] = [await readTrialBalance(db), await findLedgerFaults(db)];
      return { balances: [...balances], checks: [...ledgerChecks], faults: [...faults] };
    },
  );
}

function sendCsv(reply: FastifyReply, name: string, csv: string): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8; header=present')
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .serializer((text: string) => text)
    .send(csv);
}
