// Asks questions with a client that keeps objects by id, then shows each answer again from what it keeps.
// In: the client's name, the address, and the questions as JSON: [[[query, variables], …], …], a pause after each group.
// Out: "asked" after each group; then for each question what was answered, and what is shown of it at the end.
import { createInterface } from 'node:readline/promises';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Client, fetchExchange, gql as urqlGql } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';

const [name, uri, questions] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

const clients = {
  apollo() {
    const client = new ApolloClient({ link: new HttpLink({ uri }), cache: new InMemoryCache() });
    return {
      ask: async (query, variables) =>
        (await client.query({ query: gql(query), variables, fetchPolicy: 'network-only' })).data,
      show: (query, variables) => client.readQuery({ query: gql(query), variables }),
    };
  },
  urql() {
    const client = new Client({ url: uri, exchanges: [cacheExchange(), fetchExchange], preferGetMethod: false });
    const asked = async (query, variables, requestPolicy) => {
      const found = await client.query(urqlGql(query), variables, { requestPolicy }).toPromise();
      if (found.error) throw found.error;
      return found.data;
    };
    return {
      ask: (query, variables) => asked(query, variables, 'network-only'),
      show: (query, variables) => asked(query, variables, 'cache-only'),
    };
  },
};

const client = clients[name]();
const answered = [];
for (const group of JSON.parse(questions)) {
  for (const [query, variables] of group) {
    answered.push([query, variables, structuredClone(await client.ask(query, variables))]);
  }
  console.log(JSON.stringify('asked'));
  await lines.next();
}
for (const [query, variables, answer] of answered) {
  console.log(JSON.stringify({ answered: answer, shown: await client.show(query, variables) }));
}
process.exit(0);
