import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import type { DocumentLine, InvoiceDocument } from './invoice-document.ts';

const require = createRequire(import.meta.url);
leaveOutKerning();

const left = 56;
const right = 539;
const bottom = 770;
const ink = '#17242b';
const soft = '#4c5b62';
const brand = '#0f6b73';
const regular = 'regular';
const bold = 'bold';

/** The invoice as a PDF (A4, tagged for screen readers), made from the same document as the page. */
export function renderInvoicePdf(document: InvoiceDocument): Promise<Buffer> {
  const pdf = new PDFDocument({
    size: 'A4',
    margin: left,
    bufferPages: true,
    lang: document.language,
    tagged: true,
    displayTitle: true,
    pdfVersion: '1.7',
    // A fixed date keeps the same invoice the same bytes.
    info: {
      Title: `${document.text.invoice} ${document.number}`,
      Author: document.seller.legalName,
      CreationDate: new Date(0),
      ModDate: new Date(0),
    },
  });
  registerFonts(pdf, document);
  const done = collect(pdf);
  drawHead(pdf, document);
  for (const subscription of document.subscriptions) {
    room(pdf, 70);
    pdf.moveDown(1).font(bold).fontSize(11).fillColor(ink).text(`${subscription.plan} · ${subscription.msisdn}`, left);
    drawColumns(pdf, document);
    for (const line of subscription.lines) drawLine(pdf, line);
    drawSum(pdf, document.text.subtotal, subscription.sum, 10);
  }
  drawTotals(pdf, document);
  drawFooters(pdf, document);
  pdf.end();
  return done;
}

/**
 * The built-in Helvetica keeps a PDF small but knows Western European letters only; whoever is called Čapek gets an
 * embedded font.
 */
function registerFonts(pdf: PDFKit.PDFDocument, document: InvoiceDocument): void {
  const western = /^[\u0020-\u007e\u00a0-\u00ff€–—‘’“”•…\s]*$/.test(JSON.stringify({ ...document, text: '' }));
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

function drawHead(pdf: PDFKit.PDFDocument, document: InvoiceDocument): void {
  const { buyer, seller, text } = document;
  pdf.rect(left, 40, right - left, 3).fill(brand);
  pdf.font(bold).fontSize(13).fillColor(brand).text(seller.name, left, 56);
  pdf
    .font(regular)
    .fontSize(8)
    .fillColor(soft)
    .text(`${seller.legalName} · ${seller.street} · ${seller.postcode} ${seller.city}`, left, 118);
  pdf
    .fontSize(10.5)
    .fillColor(ink)
    .text([buyer.name, buyer.street, buyer.city, buyer.country].filter(Boolean).join('\n'), left, 134, { width: 240 });
  const facts = [
    [text.number, document.number],
    [text.issuedOn, document.issuedOn],
    [text.dueOn, document.dueOn],
    [text.period, document.period],
    [text.customer, buyer.id],
    [text.account, document.accountId],
    ...(buyer.vatId ? [[text.vatId, buyer.vatId]] : []),
  ];
  facts.forEach(([label = '', value = ''], index) => {
    const y = 118 + index * 14;
    pdf.fontSize(9).fillColor(soft).text(label, 320, y, { lineBreak: false });
    pdf.fillColor(ink).text(value, 400, y, { width: right - 400, align: 'right', lineBreak: false });
  });
  pdf.font(bold).fontSize(18).fillColor(ink).text(`${text.invoice} ${document.number}`, left, 236);
}

const columns = { period: 270, quantity: 390, amount: 465 };

function drawColumns(pdf: PDFKit.PDFDocument, { text }: InvoiceDocument): void {
  const y = pdf.y + 4;
  pdf.font(regular).fontSize(8).fillColor(soft);
  pdf.text(text.description, left, y).text(text.period, columns.period, y);
  pdf
    .text(text.quantity, columns.quantity, y, { width: 65, align: 'right' })
    .text(text.amount, columns.amount, y, { width: right - columns.amount, align: 'right' });
  rule(pdf, y + 12);
}

function drawLine(pdf: PDFKit.PDFDocument, line: DocumentLine): void {
  pdf.font(regular).fontSize(9.5);
  const height = Math.max(16, pdf.heightOfString(line.title, { width: columns.period - left - 10 }) + 6);
  room(pdf, height);
  const y = pdf.y + 4;
  pdf.fillColor(ink).text(line.title, left, y, { width: columns.period - left - 10 });
  pdf
    .fontSize(8)
    .fillColor(soft)
    .text(line.period, columns.period, y + 1, { lineBreak: false });
  pdf
    .fontSize(9.5)
    .fillColor(ink)
    .text(line.quantity, columns.quantity, y, { width: 65, align: 'right', lineBreak: false });
  pdf.text(line.amount, columns.amount, y, { width: right - columns.amount, align: 'right', lineBreak: false });
  rule(pdf, y + height - 3);
}

function drawSum(pdf: PDFKit.PDFDocument, label: string, amount: string, size: number, font = bold): void {
  room(pdf, size + 10);
  const y = pdf.y + 5;
  pdf
    .font(font)
    .fontSize(size)
    .fillColor(ink)
    .text(label, left, y, { width: columns.amount - left - 20 });
  const after = pdf.y;
  pdf.text(amount, columns.amount - 20, y, { width: right - columns.amount + 20, align: 'right', lineBreak: false });
  pdf.y = after + 1;
}

function drawTotals(pdf: PDFKit.PDFDocument, document: InvoiceDocument): void {
  room(pdf, 150);
  pdf.moveDown(1);
  rule(pdf, pdf.y);
  drawSum(pdf, document.text.net, document.net, 10, regular);
  for (const tax of document.taxes)
    drawSum(pdf, tax.note ? `${tax.title}: ${tax.note}` : tax.title, tax.amount, 10, regular);
  rule(pdf, pdf.y + 3);
  drawSum(pdf, document.text.total, document.total, 13);
  drawAdvantages(pdf, document);
  pdf
    .moveDown(1.5)
    .font(regular)
    .fontSize(9)
    .fillColor(ink)
    .text(document.text.pay, left, pdf.y, { width: right - left });
  pdf.moveDown(0.5).text(`IBAN ${document.seller.iban}   BIC ${document.seller.bic}`, { width: right - left });
}

function drawAdvantages(pdf: PDFKit.PDFDocument, { advantages, text }: InvoiceDocument): void {
  if (advantages.length === 0) return;
  room(pdf, 90);
  pdf.moveDown(1.5).font(bold).fontSize(11).fillColor(ink).text(text.advantages, left);
  pdf
    .font(regular)
    .fontSize(9)
    .fillColor(soft)
    .text(text.advantagesNote, { width: right - left });
  for (const { title, how, amount, see } of advantages) {
    room(pdf, 50);
    drawSum(pdf, title, amount, 10);
    pdf
      .font(regular)
      .fontSize(9)
      .fillColor(soft)
      .text(how, left, pdf.y, { width: columns.amount - left });
    if (see !== undefined) pdf.fillColor(brand).text(see, { link: see, underline: true, width: right - left });
  }
}

function drawFooters(pdf: PDFKit.PDFDocument, { seller, text }: InvoiceDocument): void {
  const { start, count } = pdf.bufferedPageRange();
  for (let page = start; page < start + count; page += 1) {
    pdf.switchToPage(page);
    // Text below the bottom margin would start a page of its own.
    pdf.page.margins.bottom = 0;
    pdf.font(regular).fontSize(7.5).fillColor(soft);
    pdf.text(`${seller.legalName} · ${seller.email} · ${seller.phone} · ${text.vatId} ${seller.vatId}`, left, 800, {
      lineBreak: false,
    });
    pdf.text(`${text.page} ${page - start + 1} / ${count}`, left, 800, {
      width: right - left,
      align: 'right',
      lineBreak: false,
    });
  }
}

function rule(pdf: PDFKit.PDFDocument, y: number): void {
  pdf.moveTo(left, y).lineTo(right, y).lineWidth(0.5).stroke('#dde3e5');
  pdf.y = y;
}

/** Starts a new page where a block of this height would not fit. */
function room(pdf: PDFKit.PDFDocument, height: number): void {
  if (pdf.y + height > bottom) pdf.addPage();
}

function collect(pdf: PDFKit.PDFDocument): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
}
