import { type PayOutResult, payOut, tooMuchToPayOut } from '../receivables/pay-out.ts';
import { readToday } from './today.ts';
import { withBooks } from './with-books.ts';
import { type GivenUpOptions, unfitOption } from './write-off.ts';

/** `ratebook pay-out ACCOUNT`: pays out what an account has too much, and says to whom how much goes. */
export async function payOutAccount(accountId: string, options: GivenUpOptions): Promise<void> {
  const { why: reason, on, ...rest } = options;
  await withBooks(async (db) => {
    const today = await readToday(db);
    const asked = { ...rest, reason, accountId, on: on ?? today.today };
    // What is refused is thrown inside, so that nothing of it is stored.
    const lines = await db.transaction(async (trx) => inWords(await payOut(trx, asked, today), accountId));
    console.log(lines.join('\n'));
  });
}

function inWords(result: PayOutResult, accountId: string): readonly string[] {
  switch (result.kind) {
    case 'paid out':
    case 'known':
      return [
        ...(result.released === undefined
          ? []
          : [
              `${result.released} ${result.currency} that the last invoice carried forward settle what is open, and are paid out beyond that.`,
            ]),
        result.kind === 'known' ? 'Paid out before:' : 'To be paid out:',
        ...(result.refunds.length === 0 ? ['  nothing'] : []),
        ...result.refunds.map(
          ({ paymentId, amount, payerIban }) =>
            `  ${amount} ${result.currency} of payment ${paymentId}${payerIban && ` to ${payerIban}`}`,
        ),
      ];
    case 'differs':
      throw new Error('Another pay-out goes by this --id; give each its own');
    case 'unknown account':
      throw new Error(`There is no billing account ${accountId}`);
    case 'unfit':
      throw unfitOption(result);
    case 'too much':
      throw new Error(tooMuchToPayOut(accountId, result));
  }
}
