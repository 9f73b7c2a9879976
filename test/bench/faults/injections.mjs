// The eight kinds of faults: each edits one file of a clean month, or the price release that the month is billed by.
import { identityOf } from './cards.mjs';
import { pick, pickWeighted, stream, whole } from './random.mjs';

/** What is wrong of a record of the wrong subscription: ever more of what says whose it is. README.md says how each comes about. */
export const forms = ['number', 'number and IMSI', 'number, IMSI and device'];
const wrongSubscription = 'wrong subscription';

/** Kinds in the order of the issue, the last one in each of its forms; `beside` is reported without a target. */
export const kinds = [
  'duplicate under a new id',
  'lost file',
  'seconds for minutes',
  'bytes for kilobytes',
  'clock off by 1 to 12 hours',
  'previous price release',
  'corrupted number',
  ...forms.map((form) => `${wrongSubscription}: ${form}`),
];
export const besides = ['corrupted number, before the trailer was made'];
/** The kind of the issue that a form of it belongs to. */
export const kindOf = (kind) => (kind.startsWith(wrongSubscription) ? wrongSubscription : kind);

/**
 * One fault: the files as they are then delivered, whether the previous release is billed by, and what was done, in words. Its
 * share of the file's records is drawn from 0.1 % to 100 %, evenly in its logarithm.
 */
export function inject(seed, kind, nth, files, { people, cards }, certainShare) {
  const random = stream(seed, 'fault', kind, nth);
  const drawnShare = 10 ** (-3 + 3 * random());
  const share = certainShare ?? drawnShare;
  if (kind === 'previous price release')
    return { files, previousRelease: true, share: 1, what: kind, touched: new Set(people.map(({ id }) => id)) };
  const owners = new Map(people.flatMap(({ id, lines }) => lines.map(({ msisdn }) => [msisdn, id])));
  const ownersOf = (records) => new Set(records.map(({ msisdn }) => owners.get(msisdn)));
  const service = { 'seconds for minutes': 'voice', 'bytes for kilobytes': 'data' }[kind];
  const candidates = files.filter(
    (file) => file.records.length >= 5 && (!service || file.records.some((record) => record.service === service)),
  );
  // A file is as likely to be hit as it has records.
  const file =
    candidates[
      pickWeighted(
        random,
        candidates.map((one) => one.records.length),
      )
    ];
  const where = `${file.source}#${file.sequence}, ${file.records.length} records`;
  if (kind === 'lost file')
    return {
      files: files.filter((one) => one !== file),
      share: 1,
      what: `${where}, lost`,
      touched: ownersOf(file.records),
    };
  const fitting = file.records.filter((record) => !service || record.service === service);
  const count = Math.max(1, Math.round(fitting.length * share));
  const { change, how, together } = changes(random, kind, { people, cards });
  const hit = new Set((together ? byLine : shuffled)(random, fitting).slice(0, count));
  const records = file.records.flatMap((record, index) => (hit.has(record) ? change(record, index) : [record]));
  // What goes wrong on the way is not in the trailer; what goes wrong at the source is.
  const inTransit = kind === 'corrupted number';
  const broken = { ...file, records, ...(inTransit && { announced: file.records }) };
  return {
    files: files.map((one) => (one === file ? broken : one)),
    share: count / fitting.length,
    what: `${where}, ${count} hit${how}`,
    touched: new Set([...ownersOf([...hit]), ...ownersOf(records.filter((record) => !file.records.includes(record)))]),
  };
}

function changes(random, kind, { people, cards }) {
  if (kindOf(kind) === wrongSubscription) return mistaken(random, forms.indexOf(kind.split(': ')[1]), people, cards);
  const same = (change) => (record, index) => [{ ...record, ...change(record, index) }];
  switch (kind) {
    case 'duplicate under a new id':
      return {
        how: '',
        change: (record) => [record, { ...record, id: `${record.id}-R`, sequence: record.sequence + 50_000 }],
      };
    case 'seconds for minutes': {
      const up = random() < 0.5;
      return {
        how: up ? ', times 60' : ', divided by 60',
        change: same(({ duration }) => ({ duration: up ? duration * 60 : Math.ceil(duration / 60) })),
      };
    }
    case 'bytes for kilobytes': {
      const up = random() < 0.5;
      return {
        how: up ? ', times 1000' : ', divided by 1000',
        change: same(({ bytes }) => ({ bytes: up ? bytes * 1000 : Math.ceil(bytes / 1000) })),
      };
    }
    case 'clock off by 1 to 12 hours': {
      const hours = whole(random, 1, 12) * (random() < 0.5 ? 1 : -1);
      return { how: `, ${hours} h`, change: same(() => ({ shift: hours * 3600 })) };
    }
    case 'corrupted number':
    case besides[0]:
      return { how: '', change: same((record) => corrupted(random, record)) };
    default:
      throw new Error(`There is no fault "${kind}"`);
  }
}

/**
 * Records under the number, the IMSI and the device of another line, as far as the form goes: half of the time each record under one of its own,
 * else all records of a line under the same one; half of the time with the number at its end of the call too.
 */
function mistaken(random, form, people, cards) {
  const lines = people.flatMap((account) => account.lines).filter((line) => line.until === 99);
  const [wholly, together] = [random() < 0.5, random() < 0.5];
  const takenFor = new Map();
  const change = (record) => {
    const other =
      takenFor.get(record.msisdn) ??
      pick(
        random,
        lines.filter((line) => line.msisdn !== record.msisdn),
      );
    if (together) takenFor.set(record.msisdn, other);
    const { imsi, device } = identityOf(random, cards.get(other.id), record);
    return [
      {
        ...record,
        msisdn: other.msisdn,
        ...(wholly && record.own && { own: other.msisdn }),
        ...(form > 0 && { imsi }),
        ...(form > 1 && { device }),
      },
    ];
  };
  return {
    together,
    change,
    how: `${together ? ', line by line' : ''}, ${wholly ? 'at both ends' : 'the served number only'}`,
  };
}

/** One digit of one number becomes another: of the duration, the volume, the other party's or the served number. */
function corrupted(random, record) {
  const fields = ['duration', 'bytes', 'other', 'msisdn'].filter((field) => String(record[field] || '').length > 1);
  const field = pick(random, fields);
  const text = String(record[field]);
  const at = whole(random, text.startsWith('+') ? 1 : 0, text.length - 1);
  const digit = (Number(text[at]) + whole(random, 1, 9)) % 10;
  const changed = `${text.slice(0, at)}${digit}${text.slice(at + 1)}`;
  return { [field]: typeof record[field] === 'number' ? Number(changed) : changed };
}

function byLine(random, records) {
  const keys = new Map(records.map(({ msisdn }) => [msisdn, random()]));
  return [...records].sort((a, b) => keys.get(a.msisdn) - keys.get(b.msisdn));
}

function shuffled(random, list) {
  return list
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
