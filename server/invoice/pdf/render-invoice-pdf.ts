import { filled } from '../invoice-texts.ts';
import type { Fact, InvoiceView } from '../invoice-view.ts';
import type { PaymentCode } from '../payment-code.ts';
import {
  artifact,
  bold,
  brand,
  closeSheet,
  element,
  heading,
  ink,
  left,
  line,
  openSheet,
  paragraph,
  regular,
  right,
  room,
  type Sheet,
  soft,
  width,
} from './sheet.ts';
import { columnsOf, drawTable, drawTitledTable } from './table.ts';

/** The document as a PDF: A4, tagged for screen readers, made from the same view as the page. Equal views give equal bytes. */
export function renderInvoicePdf(view: InvoiceView): Promise<Buffer> {
  const sheet = openSheet(view);
  drawHead(sheet, view);
  drawSummary(sheet, view);
  drawPayment(sheet, view);
  for (const subscription of view.subscriptions) drawSubscription(sheet, subscription, view);
  drawUsage(sheet, view);
  drawTaxes(sheet, view);
  drawAdvantages(sheet, view);
  drawItemisation(sheet, view);
  return closeSheet(sheet, view);
}

const factsX = 320;

function drawHead(sheet: Sheet, { seller, buyer, facts, title, text }: InvoiceView): void {
  const { pdf, root } = sheet;
  artifact(sheet, () => {
    pdf.rect(left, 40, width, 3).fill(brand);
    pdf.font(regular).fontSize(7.5).fillColor(soft);
    pdf.text(`${seller.legalName} · ${seller.address}`, left, 120, { width: 250, lineBreak: false, ellipsis: true });
  });
  root.add(
    element(pdf, 'P', () => {
      pdf.font(bold).fontSize(13).fillColor(brand).text(seller.name, left, 56, { lineBreak: false });
    }),
  );
  pdf.y = 134;
  for (const words of buyer) paragraph(sheet, 'P', words, { size: 10.5, width: 250 });
  drawFacts(sheet, facts, { x: factsX, y: 120, label: 75, value: right - factsX - 75 });
  pdf.y = Math.max(236, pdf.y + 20);
  paragraph(sheet, 'H1', title, { size: 18, font: bold });
  pdf.y += 2;
  paragraph(sheet, 'P', `${text.questions}: ${seller.contact}`, { size: 8, color: soft });
}

/** Labels and values in two columns; a list of pairs for whoever hears it. */
function drawFacts(
  { pdf, root }: Sheet,
  facts: readonly Fact[],
  { x, y, label: labelWidth, value: valueWidth }: Readonly<Record<'x' | 'y' | 'label' | 'value', number>>,
): void {
  const list = pdf.struct('L');
  root.add(list);
  let at = y;
  for (const [label, value] of facts) {
    const item = pdf.struct('LI');
    list.add(item);
    item.add(
      element(pdf, 'Lbl', () => {
        pdf.font(regular).fontSize(9).fillColor(soft).text(label, x, at, { width: labelWidth });
      }),
    );
    const labelEnd = pdf.y;
    item.add(
      element(pdf, 'LBody', () => {
        pdf.fillColor(ink).text(value, x + labelWidth, at, { width: valueWidth });
      }),
    );
    item.end();
    at = Math.max(labelEnd, pdf.y) + 3;
  }
  list.end();
  pdf.y = at;
}

/** What each line costs, and what it comes to. */
function drawSummary(sheet: Sheet, view: InvoiceView): void {
  const columns = columnsOf(width, '', [{ head: '', width: 110, align: 'right' }]);
  drawTitledTable(sheet, view.text.summary, columns, [
    ...view.subscriptions.map(({ title, sum }) => ({ cells: [title, sum] })),
    { cells: [view.text.net, view.net] },
    ...view.taxes.map(({ label, amount, note }) => ({ cells: [label, amount], ...(note !== undefined && { note }) })),
    { cells: [view.totalLabel, view.total], font: bold, size: 13 },
    ...view.settled.map((cells) => ({ cells })),
  ]);
}

const codeSize = 92;

function drawPayment(sheet: Sheet, { payment, text }: InvoiceView): void {
  const { pdf } = sheet;
  const codeWidth = payment.code ? codeSize + 24 : 0;
  heading(sheet, text.payment, 'H2', 150);
  const top = pdf.y;
  paragraph(sheet, 'P', payment.text, { size: 9.5, width: width - codeWidth });
  if (payment.facts.length > 0)
    drawFacts(sheet, payment.facts, { x: left, y: pdf.y + 6, label: 115, value: width - codeWidth - 115 });
  if (!payment.code) return;
  const end = pdf.y;
  drawCode(sheet, payment.code, text.scanToPay, right - codeSize, top);
  pdf.y = Math.max(end, top + codeSize + 24);
}

/** Dark modules on white with a quiet zone of four modules, which is what scanners are built for. */
function drawCode({ pdf, root }: Sheet, { size, modules }: PaymentCode, caption: string, x: number, y: number): void {
  const module = codeSize / (size + 8);
  const draw = () => {
    pdf.rect(x, y, codeSize, codeSize).fill('#ffffff');
    for (let row = 0; row < size; row += 1) {
      // Dark modules side by side are one bar, without the seams that some viewers show between squares.
      for (const { index, 0: bar } of modules.slice(row * size, (row + 1) * size).matchAll(/1+/g))
        pdf.rect(x + (index + 4) * module, y + (row + 4) * module, bar.length * module, module);
    }
    pdf.fill('#000000');
    pdf.rect(x, y, codeSize, codeSize).lineWidth(0.5).stroke(line);
  };
  root.add(element(pdf, 'Figure', draw, { alt: caption, bbox: [x, y, x + codeSize, y + codeSize] }));
  root.add(
    element(pdf, 'P', () => {
      pdf.font(regular).fontSize(7).fillColor(soft);
      pdf.text(caption, x - 10, y + codeSize + 4, { width: codeSize + 20, align: 'center' });
    }),
  );
}

function drawSubscription(
  sheet: Sheet,
  subscription: InvoiceView['subscriptions'][number],
  { text }: InvoiceView,
): void {
  const columns = columnsOf(width, text.description, [
    { head: text.period, width: 128 },
    { head: text.quantity, width: 70, align: 'right' },
    { head: text.amount, width: 74, align: 'right' },
  ]);
  drawTitledTable(sheet, subscription.title, columns, [
    ...subscription.lines.map(({ title, period, quantity, amount }) => ({ cells: [title, period, quantity, amount] })),
    { cells: [text.subtotal, '', '', subscription.sum], font: bold },
  ]);
}

function drawUsage(sheet: Sheet, { usage, text }: InvoiceView): void {
  if (usage.length === 0) return;
  const columns = columnsOf(width, text.service, [
    { head: text.events, width: 60, align: 'right' },
    { head: text.used, width: 90, align: 'right' },
    { head: text.ofThatIncluded, width: 90, align: 'right' },
    { head: text.amount, width: 74, align: 'right' },
  ]);
  drawTitledTable(
    sheet,
    text.usage,
    columns,
    usage.map((cells) => ({ cells })),
  );
}

function drawTaxes(sheet: Sheet, { taxes, text }: InvoiceView): void {
  if (taxes.length === 0) return;
  const columns = columnsOf(width, text.taxRate, [
    { head: text.taxBase, width: 90, align: 'right' },
    { head: text.tax, width: 74, align: 'right' },
  ]);
  drawTitledTable(
    sheet,
    text.taxTable,
    columns,
    taxes.map(({ rate, note, base, amount }) => ({ cells: [rate, base, amount], ...(note !== undefined && { note }) })),
  );
}

function drawAdvantages(sheet: Sheet, { advantages, text }: InvoiceView): void {
  if (advantages.length === 0) return;
  const { pdf, root } = sheet;
  heading(sheet, text.advantages, 'H2', 90);
  paragraph(sheet, 'P', text.advantagesNote, { size: 9, color: soft });
  for (const { title, how, amount, see } of advantages) {
    room(pdf, 60);
    pdf.moveDown(0.5);
    paragraph(sheet, 'P', `${title}: ${amount}`, { size: 10, font: bold });
    paragraph(sheet, 'P', how, { size: 9, color: soft });
    if (see === undefined) continue;
    root.add(
      element(pdf, 'Link', () => {
        pdf.font(regular).fontSize(9).fillColor(brand).text(see, left, pdf.y, { link: see, underline: true, width });
      }),
    );
  }
}

function drawItemisation(sheet: Sheet, { itemisation, text }: InvoiceView): void {
  if (!itemisation || itemisation.lines.length === 0) return;
  heading(sheet, text.itemised, 'H2', 120);
  paragraph(sheet, 'P', itemisation.note, { size: 9, color: soft });
  const columns = columnsOf(width, text.time, [
    { head: text.called, width: 150 },
    { head: text.quantity, width: 80, align: 'right' },
    { head: text.amount, width: 84, align: 'right' },
  ]);
  for (const { title, rows, sum, billed } of itemisation.lines) {
    heading(sheet, title, 'H3', 60);
    drawTable(sheet, columns, [
      ...rows.map((cells) => ({ cells, size: 8.5 })),
      { cells: [filled(text.beforeRounding, { billed }), '', '', sum], font: bold, size: 8.5 },
    ]);
  }
}
