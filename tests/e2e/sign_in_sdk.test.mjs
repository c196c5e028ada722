// Both lines of the official TypeScript SDK sign in, each as it does: registered or described by a document, over each
// transport; and what they do when a token, a permission or the server's memory of them ends.

import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';

import { PATIENCE, call, connect, connectAt, during, organisation, v1, v2 } from './harness.mjs';
import { ADA, CHLOE, Wallet, each, openPerson, scratch, startApp, startChromium, startHouse, startSite } from './sign_in.mjs';

let folder;
let site;
let house;
let app;
let browser;

before(async () => {
  folder = await scratch();
  site = await startSite(folder);
  [house, app, browser] = await Promise.all([startHouse(...site.flags), startApp(), startChromium()]);
});

after(async () => {
  await browser?.close();
  await house?.stop();
  await app?.stop();
  await site?.stop();
  await rm(folder, { recursive: true, force: true });
});

const at = (revision) => (transport) => connectAt(revision, transport);

/** A transport of a line, and how a client connects over it. */
const WAYS = {
  'v1, HTTP+SSE': [v1, 'sse', connect],
  'v1, Streamable HTTP': [v1, 'mcp', connect],
  'v2, HTTP+SSE': [v2, 'sse', at('2025-11-25')],
  'v2, Streamable HTTP, 2025-11-25': [v2, 'mcp', at('2025-11-25')],
  'v2, Streamable HTTP, 2026-07-28': [v2, 'mcp', at('2026-07-28')],
};

/** A client over one of the ways, with what it keeps. */
class Visitor {
  constructor(way, person, more) {
    [this.line, this.endpoint, this.connect] = WAYS[way];
    this.wallet = new Wallet(person, app.redirectUri, more);
  }
  transport() {
    const Transport = this.endpoint === 'sse' ? this.line.SSEClientTransport : this.line.StreamableHTTPClientTransport;
    return new Transport(house[this.endpoint], { authProvider: this.wallet });
  }
  /** From the answer that the client got in the browser to a token. */
  async finish(transport) {
    const { told } = this.wallet;
    // The second line looks at the issuer, too.
    await transport.finishAuth(this.line === v1 ? told.get('code') : told);
  }
  /** The first connection, which ends in the browser; the token is there afterwards. */
  async signIn() {
    const transport = this.transport();
    await assert.rejects(this.connect(transport), this.line.UnauthorizedError);
    await this.finish(transport);
    await transport.close();
  }
  /** A connection with what is kept, on which a tool says who it is. */
  async work(more = () => {}) {
    const transport = this.transport();
    await during(this.connect(transport), async (client) => {
      assert.ok((await client.listTools()).tools.some((tool) => tool.name === 'asana_create_task'));
      const { data } = await call(client, 'asana_get_user', { user_id: 'me' });
      assert.equal(data.name, this.wallet.person.name);
      await more(client, transport);
      if (transport.sessionId) await transport.terminateSession();
    });
  }
}

/** Every way, registered; and those of the second line with a document, too. */
const everybody = (person) => {
  const names = Object.keys(WAYS);
  const registered = names.map((way) => [`${way}, registered`, new Visitor(way, person)]);
  const described = names
    .filter((way) => way.startsWith('v2'))
    .map((way) => {
      const clientMetadataUrl = site.describe(`Described: ${way}`, app.redirectUri);
      return [`${way}, described by a document`, new Visitor(way, person, { clientMetadataUrl })];
    });
  return new Map([...registered, ...described]);
};

describe('signing in', () => {
  let visitors;

  before(async () => {
    visitors = everybody(await openPerson(browser, ADA));
  });

  it('from nothing to a tool call', PATIENCE, () =>
    each(visitors, async (visitor) => {
      const { wallet } = visitor;
      await visitor.signIn();
      await visitor.work();
      assert.equal(wallet.visits, 1);
      assert.equal(wallet.kept.scope, 'read write');
      // A described client is never registered: its address is its id.
      if (wallet.clientMetadataUrl) assert.equal(wallet.client.client_id, wallet.clientMetadataUrl);
      else assert.doesNotMatch(wallet.client.client_id, /:/);
    }));

  it('again with the same token', PATIENCE, () =>
    each(visitors, async (visitor) => {
      const { access_token } = visitor.wallet.kept;
      await visitor.work();
      assert.equal(visitor.wallet.kept.access_token, access_token);
      assert.equal(visitor.wallet.visits, 1);
    }));

  it('a token that has ended is refreshed', PATIENCE, async () => {
    await house.endAccessTokens();
    await each(visitors, async (visitor) => {
      const former = visitor.wallet.kept;
      await visitor.work();
      assert.notEqual(visitor.wallet.kept.access_token, former.access_token);
      assert.notEqual(visitor.wallet.kept.refresh_token, former.refresh_token);
      assert.equal(visitor.wallet.visits, 1);
    });
  });

  it('whoever is forgotten registers anew', PATIENCE, async () => {
    await house.forgetAll();
    await each(visitors, async (visitor) => {
      await visitor.signIn();
      await visitor.work();
      assert.equal(visitor.wallet.visits, 2);
      assert.equal(visitor.wallet.registered.length, visitor.wallet.clientMetadataUrl ? 1 : 2);
    });
  });
});

describe('a sign-in for reading', { concurrency: 2 }, () => {
  const create = async (client) => {
    const task = { name: 'Written after the second sign-in', assignee: 'me', workspace: await organisation(client) };
    return (await call(client, 'asana_create_task', task)).data.name;
  };
  const forReading = async (way) => {
    const visitor = new Visitor(way, await openPerson(browser, CHLOE), { scope: 'read' });
    await visitor.signIn();
    assert.equal(visitor.wallet.kept.scope, 'read');
    return visitor;
  };

  for (const way of Object.keys(WAYS).filter((name) => name.startsWith('v2, Streamable HTTP')))
    it(`is widened when a tool wants to write, and the session goes on: ${way}`, PATIENCE, async () => {
      const visitor = await forReading(way);
      const { wallet } = visitor;
      await visitor.work(async (client, transport) => {
        wallet.scope = undefined;
        await assert.rejects(create(client), v2.UnauthorizedError);
        assert.equal(wallet.visits, 2);
        await visitor.finish(transport);
        assert.equal(wallet.kept.scope, 'read write');
        assert.equal(await create(client), 'Written after the second sign-in');
      });
    });

  // The first line tries its refresh token, which can do no more than the one before; over HTTP+SSE neither line tries.
  for (const way of ['v1, HTTP+SSE', 'v1, Streamable HTTP', 'v2, HTTP+SSE'])
    it(`stays one, and the client says so: ${way}`, PATIENCE, async () => {
      const visitor = await forReading(way);
      await visitor.work(async (client) => {
        await assert.rejects(create(client), /403|scope/);
        assert.equal(visitor.wallet.visits, 1);
        assert.equal(visitor.wallet.kept.scope, 'read');
      });
    });
});

describe('two people at once', () => {
  it('each is themselves', PATIENCE, async () => {
    const people = await Promise.all([ADA, CHLOE].map((name) => openPerson(browser, name)));
    const visitors = people.flatMap((person) => Object.keys(WAYS).map((way) => [way, new Visitor(way, person)]));
    await each(visitors, (visitor) => visitor.signIn());
    // Each call says who it is, and the clients take turns.
    await each(visitors, (visitor) => visitor.work((client) => Promise.all(Array.from({ length: 8 }, async () => {
      const { data } = await call(client, 'asana_get_user', { user_id: 'me' });
      assert.equal(data.name, visitor.wallet.person.name);
    }))));
  });
});
