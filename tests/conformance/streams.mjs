// Follows live operations with a real client and prints what it is told, one JSON value a line.
// In: the client's name, the address, the operations and the tokens of its connections in turn (the last one stays).
import { createClient as wsClient } from 'graphql-ws';
import { createClient as sseClient } from 'graphql-sse';

const [name, url, operations, tokens] = process.argv.slice(2);
const told = (what) => console.log(JSON.stringify(what));
const soon = () => new Promise((resolve) => setTimeout(resolve, 50));
const left = JSON.parse(tokens);
const token = () => (left.length > 1 ? left.shift() : left[0]);

const clients = {
  ws: () =>
    wsClient({
      url: url.replace('http', 'ws'),
      retryAttempts: 200,
      retryWait: soon,
      // Node's WebSocket tells of a refused connection by an error; a browser's is closed, which is retried anyway.
      shouldRetry: (event) => !(event.code >= 4000) || event.code === 4403,
      connectionParams: () => ({ authorization: `Bearer ${token()}` }),
      on: { closed: (event) => told({ closed: event.code, reason: event.reason }) },
    }),
  sse: () => sseClient({ url, retryAttempts: 200, retry: soon, headers: () => ({ authorization: `Bearer ${token()}` }) }),
};

const client = clients[name]();
JSON.parse(operations).forEach((query, of) => {
  client.subscribe(
    { query },
    {
      next: (value) => told({ of, next: value }),
      error: (error) => told({ of, error: Array.isArray(error) ? error.map((one) => one.extensions.code) : String(error) }),
      complete: () => told({ of, complete: true }),
    },
  );
});
