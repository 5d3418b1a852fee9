// Parses and validates an AsyncAPI document; prints what the parser found as one JSON object.
import { readFileSync } from 'node:fs';
import { Parser, DiagnosticSeverity } from '@asyncapi/parser';

const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], 'utf8'));
const serious = diagnostics.filter(({ severity }) => severity <= DiagnosticSeverity.Warning);
console.log(JSON.stringify({
  problems: serious.map(({ code, message, path }) => ({ code, message, path: path.join('.') })),
  messages: document ? document.allMessages().all().map((message) => message.name()).sort() : [],
  channels: document ? document.channels().all().map((channel) => channel.address()).sort() : [],
}));
