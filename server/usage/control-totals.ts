import type { UsageRecord } from './usage-record.ts';

/** What the records of a file add up to, as its trailer says it. */
export interface ControlTotals {
  readonly add: (
    event: Pick<UsageRecord, 'durationMs' | 'bytes' | 'messages' | 'msisdn' | 'calledNumber' | 'callingNumber'>,
  ) => void;
  /** Seconds, bytes, messages and the hash total, separated by blanks. */
  readonly inWords: () => string;
}

/** Of the hash total so many digits count: exact in a number, however many records are added up. */
const hashed = 1e15;

/**
 * Sums of seconds, bytes and messages, and a hash total: the numbers (served, called, calling) read as numbers and added up, of
 * which the last 15 digits count. It means nothing by itself; one changed digit changes it.
 */
export function controlTotals(): ControlTotals {
  let [seconds, bytes, messages, numbers] = [0, 0, 0, 0];
  return {
    add: (event) => {
      seconds += Math.round(event.durationMs / 1000);
      bytes += event.bytes;
      messages += event.messages;
      numbers =
        (numbers + digits(event.msisdn ?? '') + digits(event.calledNumber) + digits(event.callingNumber)) % hashed;
    },
    inWords: () => [seconds, bytes, messages, numbers].join(' '),
  };
}

/** Nearly always a plus and digits, and then nothing needs to be searched. */
function digits(number: string): number {
  const plain = Number(number.startsWith('+') ? number.slice(1) : number);
  return (Number.isNaN(plain) ? Number(number.replaceAll(/\D/g, '')) : plain) % hashed;
}
