import { artifact, element, heading, ink, left, regular, room, rule, type Sheet, soft } from './sheet.ts';

export interface Column {
  readonly head: string;
  readonly x: number;
  readonly width: number;
  readonly align?: 'right';
}

export interface Row {
  readonly cells: readonly string[];
  /** Below the first cell, smaller. */
  readonly note?: string;
  readonly font?: string;
  readonly size?: number;
}

const padding = 4;
const headSize = 8;
const noteSize = 8;

/**
 * A table at the cursor. Its head is repeated on every page it goes over, for the eye only; a row is never cut. Rows begin with
 * their own head, so that a screen reader can say where a figure belongs.
 */
export function drawTable(sheet: Sheet, columns: readonly Column[], rows: readonly Row[]): void {
  const { pdf, root } = sheet;
  const [first] = rows;
  room(pdf, headHeight + (first ? heightOf(sheet, columns, first) : 0));
  const table = pdf.struct('Table');
  root.add(table);
  if (columns.some(({ head }) => head !== '')) drawHead(sheet, columns, table);
  for (const row of rows) {
    const height = heightOf(sheet, columns, row);
    if (room(pdf, height)) repeatHead(sheet, columns);
    drawRow(sheet, columns, row, table, height);
  }
  table.end();
}

/** A table under its heading; a short one is kept on one page. */
export function drawTitledTable(sheet: Sheet, title: string, columns: readonly Column[], rows: readonly Row[]): void {
  const height = rows.reduce((sum, row) => sum + heightOf(sheet, columns, row), headHeight);
  heading(sheet, title, 'H2', 30 + (height <= longest ? height : 60));
  drawTable(sheet, columns, rows);
}

/** In points: a longer table is better begun than pushed to the next page. */
const longest = 200;

const headHeight = headSize + 2 * padding + 2;

function drawHead(sheet: Sheet, columns: readonly Column[], table: PDFKit.PDFStructureElement): void {
  const { pdf } = sheet;
  const y = pdf.y + padding;
  const row = pdf.struct('TR');
  table.add(row);
  for (const column of columns) row.add(element(pdf, 'TH', () => headCell(sheet, column, y), { scope: 'Column' }));
  row.end();
  rule(sheet, y + headSize + padding + 1);
}

function repeatHead(sheet: Sheet, columns: readonly Column[]): void {
  if (columns.every(({ head }) => head === '')) return;
  const y = sheet.pdf.y + padding;
  artifact(sheet, () => {
    for (const column of columns) headCell(sheet, column, y);
  });
  rule(sheet, y + headSize + padding + 1);
}

function headCell({ pdf }: Sheet, { head, x, width, align }: Column, y: number): void {
  pdf
    .font(regular)
    .fontSize(headSize)
    .fillColor(soft)
    .text(head, x, y, { width, align: align ?? 'left', lineBreak: false });
}

function drawRow(
  sheet: Sheet,
  columns: readonly Column[],
  { cells, note, font = regular, size = 9.5 }: Row,
  table: PDFKit.PDFStructureElement,
  height: number,
): void {
  const { pdf } = sheet;
  const y = pdf.y + padding;
  const row = pdf.struct('TR');
  table.add(row);
  columns.forEach(({ x, width, align }, index) => {
    const draw = () => {
      pdf
        .font(font)
        .fontSize(size)
        .fillColor(ink)
        .text(cells[index] ?? '', x, y, { width, align: align ?? 'left' });
      if (index > 0 || note === undefined) return;
      pdf
        .font(regular)
        .fontSize(noteSize)
        .fillColor(soft)
        .text(note, x, pdf.y + 1, { width });
    };
    row.add(index === 0 ? element(pdf, 'TH', draw, { scope: 'Row' }) : element(pdf, 'TD', draw));
  });
  row.end();
  rule(sheet, y + height - padding);
}

function heightOf(
  { pdf }: Sheet,
  columns: readonly Column[],
  { cells, note, font = regular, size = 9.5 }: Row,
): number {
  pdf.font(font).fontSize(size);
  const heights = columns.map(({ width }, index) => pdf.heightOfString(cells[index] ?? '', { width }));
  if (note !== undefined) {
    pdf.font(regular).fontSize(noteSize);
    heights[0] = (heights[0] ?? 0) + 1 + pdf.heightOfString(note, { width: columns[0]?.width ?? 0 });
  }
  return Math.max(...heights) + 2 * padding;
}

/** Columns side by side over the width of the page, from their widths; the first takes what is left. */
export function columnsOf(
  total: number,
  first: string,
  others: readonly { readonly head: string; readonly width: number; readonly align?: 'right' }[],
): readonly Column[] {
  const gap = 8;
  const rest = total - others.reduce((sum, { width }) => sum + width + gap, 0);
  let x = left + rest + gap;
  return [
    { head: first, x: left, width: rest },
    ...others.map((column) => {
      const placed = { ...column, x };
      x += column.width + gap;
      return placed;
    }),
  ];
}
