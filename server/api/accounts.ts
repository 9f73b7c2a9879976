import { Type } from 'typebox';
import { accountChangesSchema } from './account-changes.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { creditNoteItem } from './corrections.ts';
import { exceptionSchema } from './exceptions.ts';
import { invoiceSchema } from './invoices.ts';
import { nextSchema, pageQuery, searchQuery } from './paging.ts';
import { problem, withProblems } from './problem.ts';
import { listAccounts, readAccount } from './read/accounts.ts';

const textOrNull = Type.Union([Type.String(), Type.Null()]);

const accountFields = {
  id: Type.String(),
  customerName: Type.String(),
  category: Type.String(),
  zone: Type.String(),
  cycleDay: Type.Integer(),
  plans: Type.Array(Type.String()),
  currency: Type.String(),
};

const customerSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  category: Type.String(),
  email: textOrNull,
  phone: textOrNull,
  street: Type.String(),
  postcode: Type.String(),
  city: Type.String(),
  country: Type.String(),
  language: Type.String(),
  zone: Type.String(),
  hasAppAccount: Type.Union([Type.Boolean(), Type.Null()]),
});

const subscriptionSchema = Type.Object({
  id: Type.String(),
  plan: Type.String(),
  msisdn: Type.String(),
  payment: Type.String(),
  acceptedOn: Type.String(),
  activatedOn: Type.String(),
  cancelledOn: textOrNull,
  renewsOn: textOrNull,
});

const accountDetailSchema = Type.Object({
  ...accountFields,
  openedOn: Type.String(),
  closedOn: textOrNull,
  customer: customerSchema,
  changes: accountChangesSchema,
  subscriptions: Type.Array(subscriptionSchema),
  invoices: Type.Array(invoiceSchema),
  creditNotes: Type.Array(creditNoteItem, { description: 'Newest first' }),
  exceptions: Type.Array(exceptionSchema),
  carriedForward: Type.Optional(
    Type.Object(
      { amount: Type.String(), canBePaidOut: Type.Boolean() },
      {
        description: 'Left of what the last bill carries forward, with tax; no bill will use it if it can be paid out',
      },
    ),
  ),
});

/** Billing accounts. */
export function accountRoutes(api: Api, deps: ApiDeps): void {
  const { db } = deps.engagement;
  const querystring = Type.Object({ ...pageQuery, ...searchQuery });
  const list = Type.Object({ items: Type.Array(Type.Object(accountFields)), next: nextSchema });
  api.get(
    '/v1/accounts',
    { schema: { summary: 'Billing accounts', querystring, response: withProblems({ 200: list }) } },
    async (request) => listAccounts(db, request.query),
  );

  const params = Type.Object({ id: Type.String({ maxLength: 200 }) });
  api.get(
    '/v1/accounts/:id',
    {
      schema: {
        summary: 'One billing account with all that belongs to it',
        params,
        response: withProblems({ 200: accountDetailSchema }),
      },
    },
    async (request) => {
      const account = await readAccount(db, request.params.id);
      if (account === undefined) throw problem('not-found', `There is no billing account ${request.params.id}`);
      return account;
    },
  );
}
