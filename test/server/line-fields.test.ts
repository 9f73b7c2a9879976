import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mappedCsv } from '../../server/usage/mapped-csv.ts';
import { refusedFields } from '../../server/usage/refused-fields.ts';
import { type UsageFormat, usageFormats } from '../../server/usage/usage-formats.ts';
import { cloudEventLine, csvLine, drawnEvent, jsonLine, vendorLine, vendorMapping } from './usage-lines.ts';

const vendor = mappedCsv(vendorMapping);
const services = new Set(['voice', 'data', 'sms', 'seats']);

const lines: readonly (readonly [UsageFormat, LineOf])[] = [
  [usageFormats.csv, csvLine],
  [usageFormats.ndjson, jsonLine],
  [usageFormats.ndjson, (event) => cloudEventLine(event, 'X')],
  [vendor, vendorLine],
];
type LineOf = (event: Parameters<typeof csvLine>[0]) => string;

test('a line is the same again when no field or each field is put in as it was', () => {
  fc.assert(
    fc.property(drawnEvent, fc.constantFrom(...lines), (event, [format, lineOf]) => {
      const line = lineOf(event);
      const fields = format.fieldsOf(line);
      if (!fields) return;
      const same = format.withFields(line, Object.fromEntries(fields.map(({ name, text }) => [name, text])));
      expect(format.withFields(line, {})).toBe(same);
      expect(format.decode(same ?? '', services)).toEqual(format.decode(line, services));
    }),
  );
});

describe('the faulty field', () => {
  const record = 'R,M-1,1,+491510000001,voice,2026-05-20T10:00:00+02:00,60,0,0,outgoing,+4930123456,,26201';
  const json = { id: 'N-1', msisdn: '+491510000001', service: 'voice', startAt: '2026-05-20T10:00:00Z', durationMs: 1 };
  const event = {
    specversion: '1.0',
    id: 'C-1',
    source: 'X',
    type: 'ratebook.usage.voice',
    time: '2026-05-20T10:00:00Z',
  };
  const data = { durationMs: 1, direction: 'outgoing', value: { amount: '1', currency: 'EUR' } };
  test.each([
    ['csv', record.replace(',60,', ',many,'), 'bad-number', ['duration']],
    ['csv', record.replace(',voice,', ',fax,'), 'unknown-service', ['service']],
    ['csv', record, 'unknown-subscriber', ['msisdn']],
    ['csv', `${record},,,,,,,,262010000000002,35`, 'torn-subscriber', ['msisdn', 'IMSI']],
    ['csv', `${record},,,,,,,,26201,35`, 'bad-field', ['IMSI']],
    ['csv', `${record},1,5,EUR`, 'field-count', undefined],
    ['csv', `${record},1.5,euro`, 'bad-number', ['value', 'currency']],
    ['csv', '<?xml version="1.0"?>', 'not-a-record', undefined],
    ['ndjson', JSON.stringify({ ...json, direction: 'outgoing', durationMs: -1 }), 'negative-quantity', ['durationMs']],
    ['ndjson', JSON.stringify({ ...json, direction: 'sideways' }), 'unknown-direction', ['direction']],
    ['ndjson', JSON.stringify({ ...event, subject: '+491', data }), 'unknown-subscriber', ['subject']],
    ['ndjson', JSON.stringify({ ...event, time: 'noon', data }), 'bad-instant', ['time']],
    [
      'ndjson',
      JSON.stringify({ ...event, data: { ...data, value: { amount: 'x', currency: 'EUR' } } }),
      'bad-number',
      ['data.value.amount', 'data.value.currency'],
    ],
    ['voip', 'anything', 'not-a-record', undefined],
  ] as const)('of %s line %s, refused as %s, is %j', (format, raw, reason, faulty) => {
    const fields = refusedFields({ services }, { format, raw, reason });
    expect(fields?.filter((field) => field.faulty).map(({ name }) => name)).toEqual(faulty);
  });
});

test('corrected fields keep what they were: text in quotes where the format needs them, numbers of JSON as numbers', () => {
  expect(usageFormats.ndjson.withFields('{"a":"1","b":{"c":2},"d":[1]}', { a: '5', 'b.c': '7', d: '[]' })).toBe(
    '{"a":"5","b":{"c":7},"d":[]}',
  );
  expect(usageFormats.ndjson.withFields('{"b":{"c":2}}', { 'b.c': 'two' })).toBe('{"b":{"c":"two"}}');
  expect(usageFormats.ndjson.withFields('{"b":2}', { c: '1' })).toBeUndefined();
  const own = mappedCsv({
    source: 'OWN',
    files: '^own-(.+)$',
    columns: { Id: 'id', Note: null, Seconds: 'durationSeconds' },
  });
  expect(own.withFields('1,"a,b",60', { Id: 'x"y' })).toBe('"x""y","a,b",60');
  expect(own.fieldsOf('1,2')).toBeUndefined();
});
