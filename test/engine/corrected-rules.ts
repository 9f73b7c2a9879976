/** Rules under which much of a bill depends on what is known of a cycle: tiers, volume, what rolls over, minimum spend, discounts, three taxes, two plans. */
export const correctedRules = `
plan flex "Mobile" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  minimum spend 9.00 EUR per cycle of all charges, prorated
  invoice at 0.50 EUR of usage, then every 0.25 EUR
  fee "Line rental" 5.00 EUR monthly in advance, prorated by day
  allowance 10 min of voice, rolls over 1 cycle
  allowance 2 GB of data
  rate voice graduated per cycle
    first 30 min 0.07 EUR per min
    beyond       0.03 EUR per min
  rate data volume per cycle
    first 5 GB  1.29 EUR per GB
    beyond      0.61 EUR per GB
  rate sms charge 0.09 EUR per message

plan maxi "Mobile Maxi" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  policy late usage billed in the next cycle within 2 cycles
  fee "Line rental" 11.00 EUR monthly in advance, prorated by day
  fee "Insurance" 2.50 EUR monthly in arrears, prorated by day
  allowance 40 min of voice
  allowance 6 GB of data
  rate voice charge 0.05 EUR per min
  rate data charge 0.90 EUR per GB
  rate sms charge 0.07 EUR per message

discount loyal "Volume discount"
  when cycle.data > 4 GB
  take 10% off data charges, at most 2.00 EUR per cycle

discount frequent "For who calls much"
  when cycle.voice > 40 min
  take 3.00 EUR off all charges
  after loyal

tax free
  when line.service is sms
  0% category Z

tax reduced
  when line.service is data
  7% category S


tax standard otherwise 19% category S
`;
