// A certified OpenID Connect provider on a loopback port, for tests.
//
//   node provider.mjs REDIRECT_URI
//
// prints its issuer and serves until its standard input ends. Whoever comes signs in by typing a
// name of ACCOUNTS; there are no passwords. PKCE is required.

import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const ACCOUNTS = {
  ada: { email: 'ada@example.com', email_verified: true, groups: ['iacrisk-admins'] },
  alice: { email: 'alice@example.com', email_verified: true, groups: ['platform', 'staff'] },
  amir: { email: 'amir@example.com', email_verified: true, groups: ['platform'] },
  bob: { email: 'bob@example.com', email_verified: true, groups: ['platform'] },
  vera: { email: 'vera@example.com', email_verified: true, groups: ['staff'] },
  nora: { email: 'nora@example.com', email_verified: true, groups: ['sales'] },
  ulf: { email: 'ulf@example.com', email_verified: false, groups: ['platform'] },
};

const [redirectUri] = process.argv.slice(2);
const server = createServer();
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'iacrisk',
      client_secret: 'a secret with :/+ in it, for the encoding',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'] },
  scopes: ['openid', 'email', 'profile', 'groups'],
  cookies: { keys: ['only for tests'] },
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
  async findAccount(_, id) {
    const found = ACCOUNTS[id];
    return found && { accountId: id, claims: async () => ({ sub: id, ...found }) };
  },
});

server.on('request', provider.callback());
process.stdout.write(`${issuer}\n`);
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
