import { type Static, Type } from 'typebox';
import { day } from './json-fields.ts';

const amount = Type.String({ description: 'Decimal amount as text' });
const count = Type.Integer({ minimum: 0 });

/** The report of a finished run. */
export const cycleReportSchema = Type.Object({
  runId: Type.String(),
  currency: Type.String(),
  revenue: Type.Object({ net: amount, tax: amount, total: amount }),
  accounts: Type.Object({ total: count, billed: count, held: count, rejected: count }),
  records: Type.Object({ read: count, accepted: count, duplicate: count, quarantined: count, late: count }),
  delivery: Type.Object({
    due: count,
    delivered: count,
    bounced: count,
    failed: count,
    waiting: count,
    percent: Type.Number(),
  }),
  accuracy: Type.Object({ percent: Type.Number(), formula: Type.String() }),
  dso: Type.Object({
    days: Type.Number(),
    formula: Type.String(),
    periodDays: Type.Number(),
    receivables: amount,
    revenue: amount,
  }),
  payments: Type.Object({
    received: amount,
    open: amount,
    overdue: amount,
  }),
  exceptions: Type.Object({ open: count, byCode: Type.Array(Type.Object({ code: Type.String(), count })) }),
  revenueBy: Type.Object({
    plan: Type.Array(Type.Object({ key: Type.String(), net: amount })),
    service: Type.Array(Type.Object({ key: Type.String(), net: amount })),
    tax: Type.Array(Type.Object({ key: Type.String(), tax: amount })),
  }),
});
export type CycleReport = Static<typeof cycleReportSchema>;

/** A bill run as the console follows it. */
export const billRunViewSchema = Type.Object({
  id: Type.String({ description: 'closesFrom..closesUntil' }),
  closesFrom: day,
  closesUntil: day,
  step: Type.String(),
  steps: Type.Array(
    Type.Object({
      name: Type.String(),
      done: count,
      total: count,
      unit: Type.String(),
      state: Type.Enum(['waiting', 'running', 'done']),
      perSecond: Type.Optional(Type.Number()),
      secondsLeft: Type.Optional(Type.Number()),
    }),
  ),
  accounts: Type.Object({ total: count, invoiced: count, held: count, rejected: count }),
  error: Type.Optional(Type.String()),
  awaits: Type.Optional(
    Type.Integer({ description: 'How many decisions on exceptions it waits for before anything is rated', minimum: 1 }),
  ),
  report: Type.Optional(cycleReportSchema),
});
export type BillRunView = Static<typeof billRunViewSchema>;
