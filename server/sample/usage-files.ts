/** Usage files as mediation delivers them: per source and day, in batches, numbered, with counts in header and trailer. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DayNumber, isoDate } from './dates.ts';
import { type Random, shuffle } from './random.ts';
import { recordLine, type Source, sources, type UsageRecord } from './record.ts';

const recordsPerFile = 5000;

export interface DeliveryFault {
  readonly source: Source;
  readonly sequence: number;
}

export interface TrailerFault extends DeliveryFault {
  readonly records: number;
  readonly trailer: number;
}

export interface UsageFiles {
  /** Gives the record its number; returns its line, which is not delivered yet. */
  readonly number: (record: UsageRecord) => string;
  readonly deliver: (source: Source, line: string) => void;
  /** Writes what was delivered on the day, records in random order. */
  readonly endDay: (day: DayNumber, random: Random) => Promise<void>;
  /** The next file of the source gets lost on its way, if one came before. */
  readonly loseNext: (source: Source) => void;
  /** The next file's trailer promises more than the file holds. */
  readonly misprintNext: (source: Source) => void;
  readonly delivered: () => {
    readonly files: number;
    readonly lines: number;
    readonly gaps: readonly DeliveryFault[];
    readonly trailerMismatches: readonly TrailerFault[];
  };
}

interface SourceState {
  sequence: number;
  records: number;
  lose: boolean;
  misprint: boolean;
  lines: string[];
}

/** Files are `<source>-<sequence>.csv` in the folder; memory holds one day's records at most. */
export async function openUsageFiles(folder: string): Promise<UsageFiles> {
  await mkdir(folder, { recursive: true });
  const state = new Map<Source, SourceState>(
    sources.map((source) => [source, { sequence: 0, records: 0, lose: false, misprint: false, lines: [] }]),
  );
  const of = (source: Source): SourceState => state.get(source) as SourceState;
  const gaps: DeliveryFault[] = [];
  const trailerMismatches: TrailerFault[] = [];
  let files = 0;
  let lines = 0;

  const write = async (source: Source, batch: readonly string[], day: DayNumber): Promise<void> => {
    const from = of(source);
    if (from.lose && from.sequence > 0) {
      from.lose = false;
      from.sequence++;
      gaps.push({ source, sequence: from.sequence });
    }
    from.sequence++;
    const { sequence } = from;
    let trailer = batch.length;
    if (from.misprint) {
      from.misprint = false;
      trailer += 4;
      trailerMismatches.push({ source, sequence, records: batch.length, trailer });
    }
    const header = `H,${source},${sequence},${isoDate(day + 1)}T02:15:00Z,${batch.length}`;
    await writeFile(
      join(folder, `${source}-${String(sequence).padStart(6, '0')}.csv`),
      `${header}\n${batch.join('\n')}\nT,${trailer}\n`,
    );
    files++;
    lines += batch.length;
  };

  return {
    number: (record) => {
      const from = of(record.source);
      from.records++;
      return recordLine(record, from.records);
    },
    deliver: (source, line) => {
      of(source).lines.push(line);
    },
    endDay: async (day, random) => {
      for (const source of sources) {
        const from = of(source);
        const delivered = from.lines;
        from.lines = [];
        shuffle(random, delivered);
        for (let start = 0; start < delivered.length; start += recordsPerFile) {
          await write(source, delivered.slice(start, start + recordsPerFile), day);
        }
      }
    },
    loseNext: (source) => {
      of(source).lose = true;
    },
    misprintNext: (source) => {
      of(source).misprint = true;
    },
    delivered: () => ({ files, lines, gaps, trailerMismatches }),
  };
}
