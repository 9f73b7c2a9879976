import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { filled } from '../invoice-texts.ts';
import type { InvoiceView } from '../invoice-view.ts';

const require = createRequire(import.meta.url);
leaveOutKerning();

/** Points from the left and the top of an A4 page. */
export const left = 56;
export const right = 539;
export const width = right - left;
const bottom = 762;

export const ink = '#17242b';
export const soft = '#4c5b62';
export const brand = '#0f6b73';
export const line = '#dde3e5';
export const regular = 'regular';
export const bold = 'bold';

/**
 * A document being drawn, with the structure that a screen reader follows: every text is drawn within an element of it, in reading
 * order, or marked as an artifact (rules, repeated table heads, page numbers).
 */
export interface Sheet {
  readonly pdf: PDFKit.PDFDocument;
  readonly root: PDFKit.PDFStructureElement;
}

/** An empty first page, tagged, with language and title. */
export function openSheet(view: InvoiceView): Sheet {
  const pdf = new PDFDocument({
    size: 'A4',
    margin: left,
    bufferPages: true,
    lang: view.language,
    tagged: true,
    displayTitle: true,
    pdfVersion: '1.7',
    // Had it opened its own Helvetica, pdfkit would open ours anew for every text that is drawn.
    font: '',
    // A fixed date keeps the same invoice the same bytes.
    info: {
      Title: view.title,
      Author: view.seller.legalName,
      CreationDate: new Date(0),
      ModDate: new Date(0),
    },
  });
  registerFonts(pdf, view);
  const root = pdf.struct('Document');
  pdf.addStructure(root);
  return { pdf, root };
}

/** Draws the foot of every page and ends the document. */
export function closeSheet({ pdf, root }: Sheet, view: InvoiceView): Promise<Buffer> {
  root.end();
  const done = collect(pdf);
  drawFeet(pdf, view);
  pdf.end();
  return done;
}

/** What is seen but not read aloud. */
export function artifact({ pdf }: Pick<Sheet, 'pdf'>, draw: () => void): void {
  pdf.markContent('Artifact', { type: 'Layout' });
  draw();
  pdf.endMarkedContent();
}

/** What its type definitions do not know yet of what pdfkit takes. */
interface TagOptions {
  readonly alt?: string;
  readonly bbox?: readonly [left: number, top: number, right: number, bottom: number];
  readonly scope?: 'Column' | 'Row';
}

/** An element of the structure with what is drawn for it. */
export function element(
  pdf: PDFKit.PDFDocument,
  tag: string,
  draw: () => void,
  options: TagOptions = {},
): PDFKit.PDFStructureElement {
  return pdf.struct(tag, options as PDFKit.Mixins.StructureElementOptions, draw);
}

/** A paragraph or a heading at the cursor, over the whole width unless told. */
export function paragraph(
  { pdf, root }: Sheet,
  tag: 'P' | 'H1' | 'H2' | 'H3',
  text: string,
  style: { readonly size: number; readonly font?: string; readonly color?: string; readonly width?: number },
): void {
  const { size, font = regular, color = ink, width: textWidth = width } = style;
  root.add(
    element(pdf, tag, () => {
      pdf.font(font).fontSize(size).fillColor(color).text(text, left, pdf.y, { width: textWidth });
    }),
  );
}

/** A heading that is kept on one page with what follows it. */
export function heading(sheet: Sheet, text: string, tag: 'H2' | 'H3' = 'H2', kept = 60): void {
  room(sheet.pdf, kept);
  sheet.pdf.moveDown(1.2);
  paragraph(sheet, tag, text, { size: tag === 'H2' ? 12 : 10.5, font: bold });
  sheet.pdf.y += 2;
}

export function rule(sheet: Pick<Sheet, 'pdf'>, y: number, color = line): void {
  artifact(sheet, () => {
    sheet.pdf.moveTo(left, y).lineTo(right, y).lineWidth(0.5).stroke(color);
  });
  sheet.pdf.y = y;
}

/** Starts a new page where a block of this height would not fit; true if it did. */
export function room(pdf: PDFKit.PDFDocument, height: number): boolean {
  if (pdf.y + height <= bottom) return false;
  pdf.addPage();
  return true;
}

/**
 * The built-in Helvetica keeps a PDF small but knows Western European letters only; whoever is called Čapek gets an
 * embedded font.
 */
function registerFonts(pdf: PDFKit.PDFDocument, view: InvoiceView): void {
  const western = /^[\u0020-\u007e\u00a0-\u00ff€–—‘’“”•…\s]*$/.test(JSON.stringify({ ...view, text: '' }));
  pdf.registerFont(regular, western ? 'Helvetica' : dejaVu('DejaVuSans'));
  pdf.registerFont(bold, western ? 'Helvetica-Bold' : dejaVu('DejaVuSans-Bold'));
}

/**
 * pdfkit builds a font's kerning table anew for every document, which takes longer than drawing the invoice; columns of
 * figures gain nothing from kerning.
 */
function leaveOutKerning(): void {
  for (const name of ['Helvetica', 'HelveticaBold']) {
    const font = require(`pdfkit/standard-fonts/${name}`) as { kernPairs: readonly unknown[] };
    font.kernPairs = [];
  }
}

function dejaVu(name: string): string {
  return require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);
}

function drawFeet(pdf: PDFKit.PDFDocument, { seller, text, title }: InvoiceView): void {
  const { start, count } = pdf.bufferedPageRange();
  for (let page = start; page < start + count; page += 1) {
    pdf.switchToPage(page);
    // Text below the bottom margin would start a page of its own.
    pdf.page.margins.bottom = 0;
    pdf.markContent('Artifact', { type: 'Pagination' });
    pdf.font(regular).fontSize(7).fillColor(soft);
    seller.imprint.forEach((words, index) => {
      pdf.text(words, left, 786 + index * 10, { width: 400, lineBreak: false, ellipsis: true });
    });
    const pages = filled(text.page, { page: page - start + 1, pages: count });
    pdf.text(pages, left, 796, { width, align: 'right', lineBreak: false });
    if (page > start) pdf.text(title, left, 30, { width, align: 'right', lineBreak: false });
    pdf.endMarkedContent();
  }
}

function collect(pdf: PDFKit.PDFDocument): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
}
