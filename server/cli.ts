#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { bill } from './commands/bill.ts';
import { books } from './commands/books.ts';
import { demo } from './commands/demo.ts';
import { diff } from './commands/diff.ts';
import { explain } from './commands/explain.ts';
import { fmt } from './commands/fmt.ts';
import { mutate } from './commands/mutate.ts';
import { check, compile, test } from './commands/rule-commands.ts';
import { serve } from './commands/serve.ts';
import { rulesFolder } from './folders.ts';
import { exitCodeOf } from './unusable.ts';

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
  .action(check);
program
  .command('fmt')
  .description('bring the rules into their one format')
  .argument('[folder]', 'rules folder', rulesFolder())
  .option('--check', 'write nothing, list what is not formatted')
  .action(fmt);
program
  .command('test')
  .description('run the test blocks of the rules')
  .argument('[folder]', 'rules folder', rulesFolder())
  .option('--coverage', 'say what of the rules no test reaches')
  .option(...json)
  .action(test);
program
  .command('mutate')
  .description('spoil the rules at one place at a time and list what neither check nor a test notices')
  .argument('[folder]', 'rules folder', rulesFolder())
  .option('--seed <number>', 'seed of the mutants', whole, 1)
  .option('--count <number>', 'how many mutants', whole, 500)
  .option(...json)
  .action(mutate);
program
  .command('compile')
  .description('write the compiled rule set')
  .argument('[folder]', 'rules folder', rulesFolder())
  .option('--out <file>', 'write to a file instead')
  .action(compile);
program
  .command('explain')
  .description('say which rule set a price, an invoice line or a decision, and why the others did not')
  .argument('[invoice]', 'invoice number')
  .argument('[line]', 'line id, or a part of its title')
  .option('--rules <folder>', 'rules folder', rulesFolder())
  .option('--set <id>', 'decision set to decide')
  .option('--facts <file>', 'JSON file with the facts')
  .option(...json)
  .action(explain);
program
  .command('diff')
  .description('say what changes in meaning between two versions of the rules')
  .argument('<before>', 'rules folder or git revision')
  .argument('[after]', 'rules folder or git revision', rulesFolder())
  .option(...json)
  .option('--markdown', 'print Markdown for a pull request')
  .action(diff);
program
  .command('bill')
  .description("evaluate one account's cycle from a JSON file, without a database")
  .option('--rules <folder>', 'rules folder', rulesFolder())
  .requiredOption('--cycle <file>', 'JSON file of the cycle')
  .option(...json)
  .action(bill);
program
  .command('books')
  .description('print the hash of the canonical books')
  .option(...json)
  .action(books);
program
  .command('serve')
  .description('serve API and console')
  .option('--port <number>', 'port on the loopback address', port, 8080)
  .action(serve);
program
  .command('demo')
  .description("bill the sample company's month and serve the console")
  .option('--once', 'exit after the report', false)
  .option('--fresh', 'forget an earlier demo', false)
  .option('--seed <number>', 'seed of the sample', whole, 42)
  .option('--accounts <number>', 'billing accounts', whole, 1_200)
  .option('--records <number>', 'usage records', whole, 260_000)
  .option('--port <number>', 'port on the loopback address', port, 8080)
  .action(demo);

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
  console.error(process.env.RATEBOOK_DEBUG ? error : `ratebook: ${error.message}`);
  process.exitCode = exitCodeOf(error);
});

function port(text: string): number {
  const number = whole(text);
  if (number > 65_535) throw new InvalidArgumentError('A port is at most 65535.');
  return number;
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
