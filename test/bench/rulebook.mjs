// A rulebook of as many lines as wanted, in the style of the shipped one: tariffs of one operator, each with its discounts, limits and tests.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const bookPath = 'tariffs.rules';

/** The shipped tables, messages and shared names, and one file of tariffs with at least `lines` lines. */
export function largeRulebook(rulesFolder, lines) {
  const kept = /^(shared\.rules|taxes\.rules|company\.json|tables\/.*|messages\/.*)$/;
  const shipped = readdirSync(rulesFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(rulesFolder, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }))
    .filter(({ path }) => kept.test(path))
    // Its tests are about the shipped plans.
    .map((file) => (file.path.endsWith('.rules') ? { ...file, text: file.text.replace(/^test [\s\S]*/m, '') } : file));
  return { files: [...shipped, { path: bookPath, text: tariffs(lines) }] };
}

function tariffs(lines) {
  const parts = ['declare category work_equipment "What is rented for work at home."\n\n'];
  let count = 2;
  for (let number = 1; count < lines; number += 1) {
    const part = tariff(number);
    parts.push(part);
    count += part.split('\n').length - 1;
  }
  return parts.join('');
}

/** One tariff; figures differ from one to the next, as they do in a price list. */
function tariff(number) {
  const name = `tariff_${number}`;
  const rental = (9 + (number % 30)).toFixed(2);
  const minute = (0.04 + (number % 7) / 100).toFixed(2);
  const abroad = (0.09 + (number % 5) / 100).toFixed(2);
  const gigabyte = (0.6 + (number % 9) / 10).toFixed(2);
  const included = 5 + (number % 20);
  return `# ---- Tariff ${number}

plan ${name} "Tariff ${number}" in EUR, round half even per line, split at boundaries
  from 2026-01-01

  fee "Line rental" ${rental} EUR monthly in advance, prorated by day
  fee "Home office ${number}" ${rental} EUR yearly in arrears, fiscal category work_equipment

  allowance ${100 + number} min of voice to home or eu
    when event.direction is outgoing
  allowance ${included} GB of data, rolls over 1 cycle
  allowance 100 messages of sms
    when event.direction is outgoing

  rate voice, first that fits
    when event.direction is incoming  charge 0.00 EUR per min
      as received "Calls received"
    when destination is premium       charge 0.90 EUR per min by 1 min, plus 0.15 EUR per call
      as "Calls to premium numbers"
    when destination is eu or efta    charge ${abroad} EUR per min by 30 s then 1 s
      as "Calls to the EU and EFTA"
    when time is offpeak              charge 0.02 EUR per min by 1 s
      as "Calls in the evening and on days off"
    otherwise                         charge ${minute} EUR per min by 30 s then 1 s
      as "Calls by day"

  rate data
    when roaming_zone is zone_2     charge 3.00 EUR per started 100 MB
      as "Data overseas"
    otherwise graduated per cycle
      first 40 GB                   ${gigabyte} EUR per GB
      next 100 GB                   0.50 EUR per GB
      beyond                        0.40 EUR per GB

  rate sms, first that fits
    when event.direction is incoming  charge 0.00 EUR per message
      as received "Messages received"
    when roaming_zone is zone_2       charge 0.25 EUR per message
      as "Messages sent overseas"
    otherwise                         charge 0.09 EUR per message
      as "Messages sent"

# The same with more data.
plan ${name}_plus "Tariff ${number} Plus" like ${name}
  from 2026-01-01

  fee "Line rental" ${(Number(rental) + 10).toFixed(2)} EUR monthly in advance, prorated by day

  allowance ${included * 2} GB of data, rolls over 1 cycle

discount ${name}_loyalty "5% for the loyal"
  for plan ${name} or ${name}_plus
  when subscription.accepted_on < 2025-05-01
  take 5% off all charges

discount ${name}_volume "10% above ${included * 4} GB"
  for plan ${name}
  when cycle.data > ${included * 4} GB
  take 10% off data charges, at most 20.00 EUR per cycle
  after ${name}_loyalty

discount ${name}_welcome "Half rental at the start"
  for plan ${name}, accepted between 2026-02-01 and 2026-07-01
  take 50% off fee "Line rental" for 3 cycles from acceptance

anomaly ${name}_spike "Data use far above this customer's normal"
  for plan ${name} or ${name}_plus
  when cycle.data > 3 * history.data.median and cycle.data > ${included} GB
  unless history.data.median is missing
  hold invoice, severity high
  because "Used {cycle.data}; the last {history.cycles} cycles had a median of {history.data.median}."

test "a call by day on tariff ${number} costs ${minute} a minute"
  given plan ${name}
    and a voice event of 2 min to +4930123456 at 2026-05-12 10:00 Europe/Berlin
  expect price ${(Number(minute) * 2).toFixed(2)} EUR by ${name}.voice.otherwise

test "an evening call on tariff ${number} is billed by the second"
  given plan ${name}
    and a voice event of 90 s to +4930123456 at 2026-01-12 22:30 Europe/Berlin
  expect price 0.03 EUR by ${name}.voice.time-is-offpeak
  expect charge 0.00 EUR from allowance voice

test "four times the usual data on tariff ${number} is held"
  given plan ${name}_plus
    and history of 3 cycles with 10 GB of data, 12.00 EUR of charges
    and a data event of 40 GB at 2026-05-12 10:00 Europe/Berlin
  expect anomaly ${name}_spike

test "the welcome of tariff ${number} is half the rental"
  given plan ${name}
    and subscription.accepted_on is 2026-03-20
    and it is 2026-05-31 12:00 Europe/Berlin
  expect discount ${name}_welcome ${(Number(rental) / 2).toFixed(2)} EUR

`;
}
