/** Ways in which a word can look; several kinds of names share one. */
export const tokenKinds = [
  'keyword',
  'number',
  'unit',
  'text',
  'comment',
  'operator',
  'fact',
  'plan',
  'rule',
  'row',
  'table',
  'calendar',
  'service',
  'role',
  'list',
  'fee',
  'message',
  'event',
  'value',
  'name',
] as const;
export type TokenKind = (typeof tokenKinds)[number];
