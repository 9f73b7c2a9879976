#!/usr/bin/env node
import { Argument, Command, CommanderError, Option } from 'commander';
import { amount, day, oneOrMore, port, whole, words } from './commands/option-values.ts';
import { isOutage, messageOf } from './database/outage.ts';
import { rulesFolder } from './folders.ts';
import { exitCodeOf } from './unusable.ts';
import { warmUpFast } from './warm-up.ts';

warmUpFast();

const program = new Command('ratebook').description(
  'Prices and customer engagement written as rules; the machine runs the month from them.',
);
// Inherited by every command that is made below: unusable arguments end with 2, which commander itself does not say.
program.exitOverride();
const json = ['--json', 'print JSON'] as const;

program
  .command('check')
  .description('show all faults of the rules')
  .argument('[folder]', 'rules folder', rulesFolder())
  .option(...json)
  .option('--sarif', 'print SARIF 2.1.0')
  .action(loaded(() => import('./commands/rule-commands.ts'), 'check'));
program
  .command('fmt')
  .description('bring the rules into their one format')
  .argument('[folder]', 'rules folder', rulesFolder())
  .option('--check', 'write nothing, list what is not formatted')
  .action(loaded(() => import('./commands/fmt.ts'), 'fmt'));
program
  .command('test')
  .description('run the test blocks of the rules')
  .argument('[folder]', 'rules folder', rulesFolder())
  .option('--coverage', 'say what of the rules no test reaches')
  .option(...json)
  .action(loaded(() => import('./commands/rule-commands.ts'), 'test'));
program
  .command('mutate')
  .description('spoil the rules at one place at a time and list what neither check nor a test notices')
  .argument('[folder]', 'rules folder', rulesFolder())
  .option('--seed <number>', 'seed of the mutants', whole, 1)
  .option('--count <number>', 'how many mutants', whole, 500)
  .option(...json)
  .action(loaded(() => import('./commands/mutate.ts'), 'mutate'));
program
  .command('compile')
  .description('write the compiled rule set')
  .argument('[folder]', 'rules folder', rulesFolder())
  .option('--out <file>', 'write to a file instead')
  .action(loaded(() => import('./commands/rule-commands.ts'), 'compile'));
program
  .command('explain')
  .description('say which rule is behind an outcome, with the values it saw, and why the others are not')
  .argument('[invoice]', 'invoice number; with --cycle or --test: what to explain')
  .argument('[what]', 'a line by its id or title, a usage event, a rule or a decision set')
  .option('--rules <folder>', 'rules folder', rulesFolder())
  .option('--cycle <file>', 'an account’s cycle in a JSON file instead of an invoice')
  .option('--test <name>', 'what happens in a test of the rules')
  .option('--event <id>', 'what a business event in the books led to')
  .option(
    '--reminders <subject>',
    'reminders of something in the books: subscription:ID, invoice:NUMBER, order:ID, customer:ID',
  )
  .option('--set <id>', 'decision set to decide on facts')
  .option('--facts <file>', 'JSON file with the facts')
  .option(...json)
  .action(loaded(() => import('./commands/explain.ts'), 'explain'));
program
  .command('diff')
  .description('say what changes in meaning between two versions of the rules')
  .argument('<before>', 'rules folder or git revision')
  .argument('[after]', 'rules folder or git revision', rulesFolder())
  .option(...json)
  .option('--markdown', 'print Markdown for a pull request')
  .action(loaded(() => import('./commands/diff.ts'), 'diff'));
program
  .command('impact')
  .description('say what a change of the rules does to the money of a recorded cycle')
  .argument('<before>', 'rules folder, git revision or compiled rule set')
  .argument('[after]', 'rules folder, git revision or compiled rule set', rulesFolder())
  .option('--run <id>', 'the cycles of a bill run in the books')
  .option('--cycles <file>', 'cycles that `ratebook record` wrote')
  .option('--sample <accounts>', 'cycles of that many accounts of the sample company', oneOrMore)
  .option('--seed <number>', 'seed of the sample', whole, 42)
  .option('--accounts <file>', 'write every account’s change to a CSV file')
  .option('--threads <number>', 'how many cycles are billed at once; one for each core if not told', oneOrMore)
  .option(...json)
  .action(loaded(() => import('./commands/impact.ts'), 'impact'));
program
  .command('verify')
  .description('run everything that a pull request on rules is checked by, and write one report')
  .argument('[folder]', 'rules folder', rulesFolder())
  .option('--base <revision>', 'what the rules are compared with: a git revision or a folder', 'main')
  .option('--run <id>', 'the cycles of a bill run in the books')
  .option('--cycles <file>', 'cycles that `ratebook record` wrote')
  .option('--sample <accounts>', 'cycles of that many accounts of the sample company', oneOrMore, 200)
  .option('--seed <number>', 'seed of the sample', whole, 42)
  .option('--out <file>', 'write the report to a file instead')
  .option(...json)
  .action(loaded(() => import('./commands/verify.ts'), 'verify'));
program
  .command('record')
  .description('write the cycles of a bill run to a file for impact')
  .option('--run <id>', 'a bill run in the books')
  .option('--sample <accounts>', 'cycles of that many accounts of the sample company', oneOrMore)
  .option('--seed <number>', 'seed of the sample', whole, 42)
  .requiredOption('--out <file>', 'file to write, one cycle a line')
  .action(loaded(() => import('./commands/record.ts'), 'record'));
program
  .command('bill')
  .description("evaluate one account's cycle from a JSON file, without a database")
  .option('--rules <folder>', 'rules folder', rulesFolder())
  .requiredOption('--cycle <file>', 'JSON file of the cycle')
  .option(...json)
  .action(loaded(() => import('./commands/bill.ts'), 'bill'));
program
  .command('books')
  .description('print the hash of the canonical books')
  .option(...json)
  .action(loaded(() => import('./commands/books.ts'), 'books'));
program
  .command('report')
  .description(
    'print figures of the runs (metrics), what is owed by days past due (ageing) or what was written off (write-offs) as CSV',
  )
  .addArgument(new Argument('<what>', 'which figures').choices(['metrics', 'ageing', 'write-offs']))
  .option('--run <id>', 'metrics of one bill run')
  .option('--on <day>', 'ageing at the end of a day instead of today', day)
  .option(...json)
  .action(loaded(() => import('./commands/report.ts'), 'report'));
program
  .command('correct')
  .description('show what would be corrected of issued invoices, or correct it')
  .option('--account <id>', 'the invoices of an account')
  .option('--run <id>', 'the invoices of a bill run, and those after them')
  .option('--from <date>', 'the first cycle to correct begins on it or later', day)
  .option('--rules <folder>', 'by these repaired rules instead of those of each invoice')
  .option('--records-now', 'with customer and subscriptions as they are now', false)
  .option('--tax-now', 'with category, country, tax country and VAT number of the customer as they are now', false)
  .option('--apply', 'credit notes at once, what is owed more with the next invoice', false)
  .option('--by <name>', 'who corrects them', words)
  .option('--why <reason>', 'why', words)
  .option('--company <folder>', 'folder of company.json', rulesFolder())
  .option(...json)
  .action(loaded(() => import('./commands/correct.ts'), 'correct'));
program
  .command('backdate')
  .description('show what a change of a subscription in billed days gives back or costs, or enter it')
  .argument('<subscription>', 'id of the subscription')
  .option('--plan <plan>', 'it had this plan, --from a day on')
  .option('--from <date>', 'first day on the plan, or of what is taken back', day)
  .option('--pause <date>', 'it was paused from this day on; its end is --until', day)
  .option('--until <date>', 'first day with service again', day)
  .option('--cancel <date>', 'first day without service', day)
  .option('--activate <date>', 'first day of service', day)
  .addOption(
    new Option('--take-back <what>', 'plan or pause (--from its first day), or cancellation').choices([
      'plan',
      'pause',
      'cancellation',
    ]),
  )
  .option('--apply', 'enter it: credit notes at once, what is owed more with the next invoice', false)
  .option('--by <name>', 'who says so', words)
  .option('--why <reason>', 'why', words)
  .option('--company <folder>', 'folder of company.json', rulesFolder())
  .option(...json)
  .action(loaded(() => import('./commands/backdate.ts'), 'backdate'));
program
  .command('bill-thresholds')
  .description('invoice usage that has come to an amount which its plan says, before the cycle ends')
  .option('--rules <folder>', 'rules folder', rulesFolder())
  .option(...json)
  .action(loaded(() => import('./commands/bill-thresholds.ts'), 'billThresholdsNow'));
program
  .command('payments')
  .description('take in a file of account statements (camt.053)')
  .argument('<file>', 'XML file of the bank')
  .option(...json)
  .action(loaded(() => import('./commands/payments.ts'), 'payments'));
program
  .command('write-off')
  .description('give up what is open of an invoice')
  .argument('<invoice>', 'number of the invoice')
  .requiredOption('--id <id>', 'names it for ever: told again it is the same')
  .requiredOption('--by <name>', 'who says so')
  .requiredOption('--why <reason>', 'why')
  .option('--amount <amount>', 'a part of it, like 12.50; all that is open if not told', amount)
  .option('--on <day>', 'the day; today if not told', day)
  .action(loaded(() => import('./commands/write-off.ts'), 'writeOffInvoice'));
program
  .command('pay-out')
  .description('pay out what an account has paid too much or was given back, or a closed one has left over')
  .argument('<account>', 'id of the billing account')
  .requiredOption('--id <id>', 'names it for ever: told again it is the same')
  .requiredOption('--by <name>', 'who says so')
  .requiredOption('--why <reason>', 'why')
  .option('--amount <amount>', 'a part of it, like 12.50; all of it if not told', amount)
  .option('--on <day>', 'the day; today if not told', day)
  .action(loaded(() => import('./commands/pay-out.ts'), 'payOutAccount'));
program
  .command('ledger')
  .description('print the balance of every ledger, and check that they are true')
  .option(...json)
  .action(loaded(() => import('./commands/ledger.ts'), 'ledger'));
program
  .command('serve')
  .description('serve API and console')
  .option('--port <number>', 'port on the loopback address', port, 8080)
  .action(loaded(() => import('./commands/serve.ts'), 'serve'));
program
  .command('worker')
  .description('take on bill runs beside whoever else does')
  .action(loaded(() => import('./commands/worker.ts'), 'worker'));
program
  .command('demo')
  .description("bill the sample company's month and serve the console")
  .option('--once', 'exit after the report', false)
  .option('--fresh', 'forget an earlier demo', false)
  .option('--seed <number>', 'seed of the sample', whole, 42)
  .option('--accounts <number>', 'billing accounts', oneOrMore, 1_200)
  .option('--records <number>', 'usage records', whole, 260_000)
  .option('--port <number>', 'port on the loopback address', port, 8080)
  .action(loaded(() => import('./commands/demo.ts'), 'demo'));

// `ratebook books --json | head` closes our output early: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

await program.parseAsync().catch((error: Error) => {
  // The parser of arguments has said what is wrong with them; what it ends with 0 is help that was asked for.
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  const remedy = isOutage(error) ? ': run it again' : '';
  console.error(process.env.RATEBOOK_DEBUG ? error : `ratebook: ${messageOf(error)}${remedy}`);
  process.exitCode = exitCodeOf(error);
});

/** The command as a function of its module, which is loaded when it is asked for: no other one's is. */
function loaded<Name extends string>(
  load: () => Promise<{ readonly [K in Name]: (...args: never[]) => unknown }>,
  name: Name,
): (...args: unknown[]) => Promise<void> {
  return async (...args) => {
    await (await load())[name](...(args as never[]));
  };
}
