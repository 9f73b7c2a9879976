import { stringify } from 'csv-stringify/sync';

/**
 * Figures as CSV (RFC 4180, UTF-8, a header row). Texts that a spreadsheet would take for a formula are escaped: names of customers stand in it.
 * A sum below zero is a figure and stays as it is.
 */
export function toCsv<Row extends object>(rows: readonly Row[], columns: readonly (keyof Row & string)[]): string {
  return stringify(
    rows.map((row) => columns.map((column) => unarmed(row[column]))),
    { header: true, columns: [...columns], record_delimiter: 'windows' },
  );
}

function unarmed(value: unknown): unknown {
  return typeof value === 'string' && /^[=+\-@\t\r]/.test(value) && !/^-?\d+(\.\d+)?$/.test(value)
    ? `'${value}`
    : value;
}
