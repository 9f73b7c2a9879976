/** Writes CSV files that PostgreSQL's COPY reads: header, LF, an unquoted empty field is NULL. */
import { closeSync, openSync, writeSync } from 'node:fs';

export type Cell = string | number | boolean | null;

export interface CsvFile {
  readonly row: (cells: readonly Cell[]) => void;
  readonly end: () => void;
}

const chunkLength = 1 << 16;

/** Opens a file and writes the header; rows are buffered, `end` writes the rest. */
export function openCsv(path: string, columns: readonly string[]): CsvFile {
  const file = openSync(path, 'w');
  let buffer = `${columns.join(',')}\n`;
  const flush = (): void => {
    writeSync(file, buffer);
    buffer = '';
  };
  return {
    row: (cells) => {
      buffer += `${cells.map(cellText).join(',')}\n`;
      if (buffer.length > chunkLength) flush();
    },
    end: () => {
      flush();
      closeSync(file);
    },
  };
}

/** An empty text is quoted, so that it stays a text and does not become NULL. */
function cellText(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
