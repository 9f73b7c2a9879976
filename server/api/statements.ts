import { Type } from 'typebox';
import { isStatementFault } from '../receivables/bank-statement.ts';
import { mostStatementBytes } from '../receivables/read-camt053.ts';
import { takeStatementFile } from '../receivables/take-statement.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { day } from './json-fields.ts';
import { requireRules } from './payments.ts';
import { problem, withProblems } from './problem.ts';

const statementSchema = Type.Object({
  account: Type.String(),
  id: Type.String(),
  currency: Type.String(),
  opensOn: day,
  closesOn: day,
  kind: Type.Enum(['taken', 'known'], { description: '`known`: it was taken in before; nothing is new' }),
  matched: Type.Integer(),
  unmatched: Type.Integer(),
  repeated: Type.Integer({ description: 'Payments that an earlier statement had told' }),
  returned: Type.Integer(),
  unknownReturns: Type.Integer(),
  notBooked: Type.Integer({
    description: 'Payments and returns that cannot be so, as of a day to come: see the exceptions',
  }),
  ignored: Type.Integer({ description: 'Charges, transfers of ours, and what is not booked yet' }),
});

/** Account statements of a bank, as the file that it sends. */
export function statementRoutes(api: Api, deps: ApiDeps): void {
  api.register(async (files) => {
    for (const type of ['application/xml', 'text/xml'])
      files.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit: mostStatementBytes }, (_, body, done) =>
        done(null, body),
      );
    files.post(
      '/v1/payments/statements',
      {
        schema: {
          summary: 'Take in a file of account statements (camt.053, XML), all or nothing',
          consumes: ['application/xml', 'text/xml'],
          response: withProblems({ 200: Type.Object({ statements: Type.Array(statementSchema) }) }),
        },
        bodyLimit: mostStatementBytes,
      },
      async (request) => {
        if (!Buffer.isBuffer(request.body))
          throw problem('not-acceptable-type', 'Send the XML file as application/xml');
        requireRules(deps);
        const { now } = await deps.clock.read();
        try {
          return {
            statements: [...(await takeStatementFile(deps.engagement, { name: 'upload', bytes: request.body }, now))],
          };
        } catch (error) {
          if (isStatementFault(error)) throw problem('statement-unusable', error.message);
          throw error;
        }
      },
    );
  });
}
