import type { EpochMs, LocalDate } from '../../engine/model.ts';
import { localDate } from '../../engine/period.ts';
import type { ApiDeps } from './api-deps.ts';

/** The day in the company's zone. */
export function todayIn(deps: ApiDeps, now: EpochMs): LocalDate {
  return localDate(now, deps.engagement.settings.companyZone);
}
