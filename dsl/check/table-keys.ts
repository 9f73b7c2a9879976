/** Keys of tables that nothing looked up ever is: a prefix without its plus, a network that is no number. Warnings. */
import type { LookupTable } from '../../engine/rule-set.ts';
import type { Report } from '../diagnostic.ts';
import { placeOf } from '../families/titles.ts';

/** Why a key never matches, and what to do; undefined where it may. */
type Remark = { readonly why: string; readonly help: string } | undefined;

/** Reports them in the file of the table, each in its line. `text` is that of the file. */
export function reportStrayKeys({ name, key, match, rows }: LookupTable, text: string, report: Report): void {
  const remarkOn = remarks[key];
  if (!remarkOn || match === 'range') return;
  for (const cell of new Set(rows.map(([first = '']) => first))) {
    const remark = remarkOn(cell, match === 'longest prefix');
    if (remark)
      report(
        'unmatched-key',
        placeOf(cell, text),
        `no ${key} ever is \`${cell}\` in table \`${name}\`: ${remark.why}`,
        remark.help,
      );
  }
}

/** By the fact that is looked up by; what others may be only who declares them knows. */
const remarks: Readonly<Record<string, (cell: string, isPrefix: boolean) => Remark>> = {
  'event.called_number': onNumber,
  // Senders of messages may have names.
  'event.calling_number': (cell) => (/^[+\d]/.test(cell) ? onNumber(cell) : undefined),
  'event.visited_network': onNetwork,
};

function onNumber(cell: string): Remark {
  // Short numbers come as they are dialled.
  if (/^\+[1-9]\d{0,14}$/.test(cell) || /^[1-9]\d{2,5}$/.test(cell)) return undefined;
  const abroad = /^(?:00)?([1-9]\d{0,14})$/.exec(cell)?.[1];
  return {
    why: 'numbers begin with `+` and the code of the country, unless they are short ones of three to six digits',
    help: abroad === undefined ? 'write the number as +493012345, without blanks' : `did you mean \`+${abroad}\`?`,
  };
}

function onNetwork(cell: string, isPrefix: boolean): Remark {
  if ((isPrefix ? /^\d{1,6}$/ : /^\d{5,6}$/).test(cell)) return undefined;
  return {
    why: 'networks are five or six digits',
    help: 'write the code of the country and of the network (MCC and MNC), such as 26201',
  };
}
