import type { AgeingBucket } from './receivables-api.ts';

/** How the columns of an ageing are called. */
export const bucketNames: Readonly<Record<AgeingBucket, string>> = {
  notDue: 'Not due',
  upTo30: '1–30 days',
  upTo60: '31–60 days',
  upTo90: '61–90 days',
  over90: 'Over 90 days',
};
