/** Usage events as they are written in each format, right and wrong. */
import fc from 'fast-check';
import type { UsageEvent } from '../../engine/model.ts';
import type { CsvMapping } from '../../server/usage/mapped-csv.ts';

export interface DrawnEvent extends Omit<UsageEvent, 'source' | 'startAt'> {
  readonly startAt: string;
  /** Refused in every format, and for the same reason. */
  readonly fault?: string;
}

const number = fc.constantFrom('+491510000001', '+491510000002');
const amount = fc.integer({ min: 0, max: 10 ** 9 });

const right = fc.record(
  {
    id: fc.stringMatching(/^[A-Z0-9äß€-]{1,12}$/),
    sequence: amount,
    msisdn: number,
    service: fc.constantFrom('voice', 'data', 'sms'),
    startAt: fc
      .date({ min: new Date('2026-05-01T00:00Z'), max: new Date('2026-05-31T00:00Z'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    durationMs: amount.map((seconds) => seconds * 1000),
    bytes: amount,
    messages: amount,
    direction: fc.constantFrom('outgoing' as const, 'incoming' as const),
    calledNumber: fc.constantFrom('', '+4930123456', '110'),
    callingNumber: fc.constantFrom('', '+4930123456', 'AMAZON'),
    visitedNetwork: fc.constantFrom('', '26201', '310260'),
    value: fc.record({ amount: fc.constantFrom('0', '19.99', '0.000001'), currency: fc.constant('EUR') }),
    part: fc.record(
      {
        session: fc.stringMatching(/^[a-z]{1,8}$/),
        number: fc.integer({ min: 1, max: 99_999 }),
        isLast: fc.boolean(),
        closingCause: fc.constantFrom('normal release', 'time limit'),
      },
      { requiredKeys: ['session', 'number', 'isLast'] },
    ),
    change: fc.integer({ min: -(10 ** 9) + 1, max: 10 ** 9 - 1 }),
    // Of the first line, and of nobody whom the books know.
    imsi: fc.constantFrom('262010000000001', '262019999999999'),
    attributes: fc.record({ device: fc.stringMatching(/^35\d{13}$/) }),
  },
  {
    requiredKeys: [
      'id',
      'sequence',
      'msisdn',
      'service',
      'startAt',
      'durationMs',
      'bytes',
      'messages',
      'direction',
      'calledNumber',
      'callingNumber',
      'visitedNetwork',
    ],
  },
);

const faults: readonly Partial<DrawnEvent>[] = [
  { service: 'telepathy' },
  { msisdn: '+491519999999' },
  { startAt: '2026-02-30T10:00:00Z' },
  { bytes: -1 },
  { direction: 'sideways' as 'outgoing' },
  { startAt: '2025-01-01T10:00:00Z' },
  { callingNumber: 'N'.repeat(201) },
  { imsi: '26201' },
  { msisdn: '+491510000002', imsi: '262010000000001' },
];

export const drawnEvent: fc.Arbitrary<DrawnEvent> = fc
  .tuple(right.map(ofOneLine), fc.option(fc.constantFrom(...faults), { freq: 5, nil: undefined }))
  .map(([event, fault]) => (fault ? { ...event, ...fault, fault: JSON.stringify(fault) } : event));

/** The card of the first line with the number of the second would be a fault. */
function ofOneLine(event: DrawnEvent): DrawnEvent {
  return event.imsi === '262010000000001' ? { ...event, msisdn: '+491510000001' } : event;
}

export function csvLine({ value, part, change, imsi, attributes, ...event }: DrawnEvent): string {
  const isIdentified = imsi !== undefined || attributes !== undefined;
  const fields = [
    'R',
    event.id,
    event.sequence,
    event.msisdn,
    event.service,
    event.startAt,
    event.durationMs / 1000,
    event.bytes,
    event.messages,
    event.direction,
    event.calledNumber,
    event.callingNumber,
    event.visitedNetwork,
  ];
  if (value || part || change !== undefined || isIdentified) fields.push(value?.amount ?? '', value?.currency ?? '');
  if (part) fields.push(part.session, part.number, part.isLast ? 1 : 0, part.closingCause ?? '');
  else if (change !== undefined || isIdentified) fields.push('', '', '', '');
  if (change !== undefined || isIdentified) fields.push(change ?? '');
  if (isIdentified) fields.push(imsi ?? '', attributes?.device?.toString() ?? '');
  return fields.join(',');
}

export function jsonLine({ fault: _, ...event }: DrawnEvent): string {
  return JSON.stringify(event);
}

export function cloudEventLine(
  { fault: _, id, service, startAt, msisdn, ...data }: DrawnEvent,
  source: string,
): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    source,
    type: `ratebook.usage.${service}`,
    time: startAt,
    subject: msisdn,
    datacontenttype: 'application/json',
    data,
  });
}

/** As a vendor might write them. */
export const vendorMapping = {
  source: 'VENDOR',
  files: '^vendor-(\\d+)\\.txt$',
  separator: ';',
  columns: {
    'Call "Id"': 'id',
    No: 'sequence',
    Start: 'startAt',
    Kind: 'service',
    A: 'msisdn',
    B: 'calledNumber',
    C: 'callingNumber',
    Way: 'direction',
    Seconds: 'durationSeconds',
    Octets: 'bytes',
    Remarks: null,
    Texts: 'messages',
    PLMN: 'visitedNetwork',
    Price: 'value.amount',
    Currency: 'value.currency',
    Session: 'part.session',
    Part: 'part.number',
    Last: 'part.isLast',
    Cause: 'part.closingCause',
    Change: 'change',
    Card: 'imsi',
    Handset: 'attributes.device',
  },
  words: { direction: { MO: 'outgoing', MT: 'incoming' } },
} as const satisfies CsvMapping;

export const vendorHeading = Object.keys(vendorMapping.columns).map(quoted).join(';');

export function vendorLine({ value, part, ...event }: DrawnEvent): string {
  const ways: Readonly<Record<string, string>> = { outgoing: 'MO', incoming: 'MT' };
  return [
    event.id,
    event.sequence,
    event.startAt,
    event.service,
    event.msisdn,
    event.calledNumber,
    event.callingNumber,
    ways[event.direction] ?? event.direction,
    event.durationMs / 1000,
    event.bytes,
    'of no "use"; none',
    event.messages,
    event.visitedNetwork,
    value?.amount ?? '',
    value?.currency ?? '',
    part?.session ?? '',
    part?.number ?? '',
    part ? (part.isLast ? '1' : '0') : '',
    part?.closingCause ?? '',
    event.change ?? '',
    event.imsi ?? '',
    event.attributes?.device?.toString() ?? '',
  ]
    .map((cell) => quoted(String(cell)))
    .join(';');
}

function quoted(cell: string): string {
  return /[";]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
