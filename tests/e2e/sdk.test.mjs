// Both lines of the official TypeScript SDK, on each transport, at each revision that they speak.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { PATIENCE, call, connect, connectAt, during, startWorld, v1, v2 } from './harness.mjs';
import { tryOut } from './tryout.mjs';

let world;

before(async () => {
  world = await startWorld();
});

after(async () => {
  await world?.stop();
});

/** On a server that the client starts, which ends with its client. */
async function overStdio(transport, connecting) {
  let said = '';
  const ended = new Promise((resolve) => {
    transport.stderr.on('data', (data) => (said += data));
    transport.stderr.once('end', resolve);
  });
  await during(connecting, (client) => tryOut(client, world.gate));
  await ended;
  assert.doesNotMatch(said, /Sanitizer|runtime error:/);
}

describe('SDK v1', () => {
  it('HTTP+SSE, 2025-11-25', PATIENCE, async () => {
    await during(connect(new v1.SSEClientTransport(world.sse)), (client) => tryOut(client, world.gate));
  });

  it('Streamable HTTP, 2025-11-25', PATIENCE, async () => {
    const transport = new v1.StreamableHTTPClientTransport(world.mcp);
    await during(connect(transport), async (client) => {
      assert.ok(transport.sessionId);
      assert.equal(transport.protocolVersion, '2025-11-25');
      await tryOut(client, world.gate);
      await transport.terminateSession();
    });
  });

  it('stdio, 2025-11-25', PATIENCE, async () => {
    const transport = new v1.StdioClientTransport(world.stdio);
    await overStdio(transport, connect(transport));
  });

  it('many clients at once', PATIENCE, async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        during(connect(new v1.SSEClientTransport(world.sse)), (client) => call(client, 'asana_list_workspaces')),
      ),
    );
    assert.ok(answers.every((answer) => answer.data.length === answers[0].data.length));
  });

  it('Streamable HTTP on /sse is told to use GET', PATIENCE, async () => {
    await assert.rejects(connect(new v1.StreamableHTTPClientTransport(world.sse)), { code: 405 });
  });
});

describe('SDK v2', () => {
  const sse = () => new v2.SSEClientTransport(world.sse);
  const streamable = () => new v2.StreamableHTTPClientTransport(world.mcp);

  const overHttp = (revision, transport) =>
    during(connectAt(revision, transport), async (client) => {
      assert.equal(client.getNegotiatedProtocolVersion(), revision);
      await tryOut(client, world.gate);
    });

  for (const revision of ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])
    it(`HTTP+SSE, ${revision}`, PATIENCE, () => overHttp(revision, sse()));

  for (const revision of ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'])
    it(`Streamable HTTP, ${revision}`, PATIENCE, () => overHttp(revision, streamable()));

  for (const revision of ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'])
    it(`stdio, ${revision}`, PATIENCE, async () => {
      const transport = new v2.StdioClientTransport(world.stdio);
      await overStdio(transport, connectAt(revision, transport));
    });

  it('finds the newest revision by itself', PATIENCE, async () => {
    const client = new v2.Client({ name: 'auto', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    const connected = client.connect(streamable()).then(() => client);
    await during(connected, async () => {
      assert.equal(client.getNegotiatedProtocolVersion(), '2026-07-28');
      await call(client, 'asana_get_user');
    });
  });
});
