// Runs every check of the GraphQL over HTTP audit against the address given; prints one JSON object a line.
import { serverAudits } from 'graphql-http';

const url = process.argv[2];
let failed = 0;
for (const audit of serverAudits({ url })) {
  const result = await audit.fn();
  const ok = result.status === 'ok';
  if (!ok) failed += 1;
  console.log(JSON.stringify({ id: audit.id, name: audit.name, status: result.status, reason: ok ? null : result.reason }));
}
process.exit(failed === 0 ? 0 : 1);
