// Collects one usage file into the books at an address, and prints the seconds it took and its highest memory.
import { load } from './bench-rules.mjs';

const [url, path] = process.argv.slice(2);
const { connect } = await load('server/database/database.js');
const { collectFile } = await load('server/usage/collect-file.js');
const { readSubscriberDirectory } = await load('server/usage/subscriber-directory.js');
const db = await connect(url);
const started = performance.now();
const context = { db, services: new Set(['voice', 'data', 'sms']), directory: await readSubscriberDirectory(db) };
const counts = await collectFile(context, path);
const seconds = (performance.now() - started) / 1000;
if (counts.accepted !== counts.linesRead || counts.accepted === 0)
  throw new Error(`Not every record was accepted: ${JSON.stringify(counts)}`);
await db.destroy();
console.log(JSON.stringify({ seconds, peakMiB: process.resourceUsage().maxRSS / 1024, ...counts }));
