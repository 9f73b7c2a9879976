import { expect, test } from 'vitest';
import { accountCycle, call } from '../engine/fixture.ts';
import { bill, invoice } from './story.ts';

const rules = (declaration: string, condition: string) => `
declare fact event.${declaration}
plan flex "Partners" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  rate voice, first that fits
    when ${condition}  charge 0.20 EUR per min by 1 min
    when event.roaming_partner is "FRAF1"   charge 0.50 EUR per min by 1 min
    when event.record_type is MTC           charge 0.00 EUR per min by 1 min
    otherwise                               charge 0.10 EUR per min by 1 min
tax standard otherwise 19% category S
`;
const usage = [
  call('2026-05-04T10:00+02:00', 60, { id: 'e1', attributes: { quality: 'hd', cell: 4711 } }),
  call('2026-05-05T10:00+02:00', 60, { id: 'e2', attributes: { quality: 'plain' }, roamingPartner: 'FRAF1' }),
  call('2026-05-06T10:00+02:00', 60, { id: 'e3', attributes: { quality: 'plain' }, recordType: 'MTC' }),
  call('2026-05-07T10:00+02:00', 60, { id: 'e4' }),
];

test('Attributes of an event are facts that analysts declare; partner and kind of record are facts anyway', () => {
  const evaluation = bill(
    rules(
      'quality one of hd or plain, may be missing "Of the codec."',
      'event.quality is known and event.quality is hd',
    ),
    accountCycle({ usage }),
  );
  expect(invoice(evaluation)).toBe(`
Voice: event quality is known and event quality is hd | 1 min × 0.20 EUR per min, 1 event | 0.20
Voice: event roaming_partner is fraf1                 | 1 min × 0.50 EUR per min, 1 event | 0.50
Voice: event record_type is mtc                       | 1 min × 0.00 EUR per min, 1 event | 0.00
Voice                                                 | 1 min × 0.10 EUR per min, 1 event | 0.10
Net                                                   |                                   | 0.80
VAT                                                   | 19 % of 0.80 EUR                  | 0.15
Total                                                 | EUR                               | 0.95
`);
  const seen = evaluation.decisions.find(({ about }) => about?.endsWith('/e1'));
  expect(seen?.facts['event.quality']).toBe('hd');
});

test('What is declared as never missing holds the bill where an event lacks it, or says it as no value of its type', () => {
  const wrong = call('2026-05-08T10:00+02:00', 60, { id: 'e5', attributes: { quality: 7 } });
  const { exceptions } = bill(
    rules('quality one of hd or plain "Of the codec."', 'event.quality is hd'),
    accountCycle({ usage: [...usage, wrong] }),
  );
  expect(exceptions.map(({ code, subject, evidence }) => [code, subject, evidence])).toEqual([
    ['missing-fact', 'msc/e4', '"event.quality" is not known of event e4 of msc, nor of 1 more.'],
  ]);
});
