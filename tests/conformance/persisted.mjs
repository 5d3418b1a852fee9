// Asks the same question three times with a client that sends a document's hash first.
// In: the client's name, the address, whether hashes go by GET. Out: for each, what was answered and what was sent.
import { createHash } from 'node:crypto';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange, gql as urqlGql } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';

const [name, uri, byGet] = process.argv.slice(2);
const query = '{ state { __typename complete } }';
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
let sent = [];
const counting = (url, options) => {
  sent.push(`${options.method ?? 'GET'} ${/"query"/.test(options.body) || /[?&]query=./.test(url) ? 'text' : 'hash'}`);
  return fetch(url, options);
};

const clients = {
  apollo() {
    const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries: byGet === 'get' });
    const link = ApolloLink.from([persisted, new HttpLink({ uri, fetch: counting })]);
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    return async () => (await client.query({ query: gql(query), fetchPolicy: 'no-cache' })).data;
  },
  urql() {
    const persisted = persistedExchange({ generateHash: async (text) => sha256(text), preferGetForPersistedQueries: byGet === 'get' });
    const client = new Client({ url: uri, exchanges: [persisted, fetchExchange], fetch: counting, preferGetMethod: false });
    return async () => {
      const found = await client.query(urqlGql(query), {}, { requestPolicy: 'network-only' }).toPromise();
      if (found.error) throw found.error;
      return found.data;
    };
  },
};

const ask = clients[name]();
for (let n = 0; n < 3; n += 1) {
  const answered = await ask();
  console.log(JSON.stringify({ answered, sent }));
  sent = [];
}
