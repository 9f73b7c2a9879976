import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';

/** A letter as it lies in the envelope: who writes, to whom, when, and what. */
export interface Letter {
  readonly language: string;
  /** One line above the address, in the window too, so that a letter that cannot be delivered comes back. */
  readonly sender: string;
  /** Lines of the address. */
  readonly recipient: readonly string[];
  readonly place: string;
  readonly subject: string;
  /** Paragraphs are parted by empty lines. */
  readonly text: string;
  /** Lines at the foot of each page. */
  readonly imprint: readonly string[];
}

const require = createRequire(import.meta.url);
const mm = 72 / 25.4;
/** DIN 5008, form B: the address stands where the window of a DIN lang envelope is. */
const window = { left: 25 * mm, top: 45 * mm, width: 80 * mm, addressTop: 62.7 * mm };
const body = { left: 25 * mm, top: 103 * mm, width: 165 * mm };

/** The letter as a PDF ready to print: A4, tagged, fonts embedded where a name needs them, the same bytes every time. */
export function renderLetterPdf(letter: Letter): Promise<Buffer> {
  const pdf = new PDFDocument({
    size: 'A4',
    margins: { left: body.left, right: 20 * mm, top: 25 * mm, bottom: 30 * mm },
    lang: letter.language,
    tagged: true,
    displayTitle: true,
    pdfVersion: '1.7',
    info: { Title: letter.subject, Author: letter.sender, CreationDate: new Date(0), ModDate: new Date(0) },
  });
  const chunks: Buffer[] = [];
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = new Promise<Buffer>((resolve, reject) => {
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
  const font = (name: string) => require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);
  pdf.registerFont('regular', font('DejaVuSans')).registerFont('bold', font('DejaVuSans-Bold'));
  const imprint = () => writeImprint(pdf, letter.imprint);
  imprint();
  pdf.on('pageAdded', imprint);
  pdf.font('regular').fontSize(6.5).text(letter.sender, window.left, window.top, { width: window.width });
  pdf.fontSize(10).text(letter.recipient.join('\n'), window.left, window.addressTop, { width: window.width });
  pdf.text(letter.place, body.left, 92 * mm, { width: body.width, align: 'right' });
  pdf.font('bold').fontSize(11).text(letter.subject, body.left, body.top, { width: body.width }).moveDown(1.5);
  pdf.font('regular').fontSize(10);
  for (const paragraph of letter.text.split(/\n\s*\n/))
    pdf.text(unparted(paragraph), { width: body.width, lineGap: 2 }).moveDown(1);
  pdf.end();
  return done;
}

/** Below the text, on whichever page it is; what is written next goes on where it was, in the font that it had. */
function writeImprint(pdf: PDFKit.PDFDocument, lines: readonly string[]): void {
  const { x, y } = pdf;
  const { bottom } = pdf.page.margins;
  // Within the margin every line of text would begin another page.
  pdf.page.margins.bottom = 0;
  pdf
    .font('regular')
    .fontSize(6.5)
    .text(lines.join('\n'), body.left, 277 * mm, { width: body.width });
  pdf.page.margins.bottom = bottom;
  pdf.fontSize(10);
  pdf.x = x;
  pdf.y = y;
}

/** Numbers of telephones and accounts are not parted at the end of a line. */
function unparted(text: string): string {
  return text.replaceAll(/(?<=\d) (?=\d)/g, '\u00a0');
}
