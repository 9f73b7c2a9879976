/** A small account's May 2026, as the published schema has it. */
export const cycleJson = {
  account: { id: 'A-1', currency: 'EUR', zone: 'Europe/Berlin', cycleDay: 1, openedOn: '2025-01-01' },
  customer: {
    id: 'C-1',
    name: 'Aino Virtanen',
    category: 'consumer',
    country: 'DE',
    taxCountry: 'DE',
    language: 'de',
    zone: 'Europe/Berlin',
    interests: [],
    profile: '',
  },
  subscriptions: [
    {
      id: 'S-1',
      plan: 'flat',
      msisdn: '+491701234567',
      payment: 'direct debit',
      acceptedOn: '2026-01-10',
      activatedOn: '2026-01-15',
    },
  ],
  usage: [
    {
      id: 'R-1',
      source: 'msc-1',
      sequence: 1,
      msisdn: '+491701234567',
      service: 'voice',
      startAt: '2026-05-03T12:15:00+02:00',
      durationMs: 90_000,
      bytes: 0,
      messages: 0,
      direction: 'outgoing',
      calledNumber: '+4930123456',
      callingNumber: '+491701234567',
      visitedNetwork: '26299',
    },
  ],
  balances: [],
  history: [
    { subscriptionId: 'S-1', from: '2026-04-01', until: '2026-05-01', usage: { voice: 600_000 }, charges: '12.00' },
  ],
  bounds: { from: '2026-05-01', until: '2026-06-01', nextUntil: '2026-07-01' },
};
