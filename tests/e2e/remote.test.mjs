// mcp-remote, the bridge with which assistants that only start programs reach a server over HTTP: the official client
// talks to it over stdio, as such an assistant does.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { PATIENCE, TOKEN, call, connect, during, environment, packaged, startWorld, v1 } from './harness.mjs';
import { tryAll, tryLeaving, tryOut } from './tryout.mjs';

let folder;

/** Starts the bridge to that URL; what it says is kept in `client.said`. */
async function bridge(url, ...more) {
  const transport = new v1.StdioClientTransport({
    command: process.execPath,
    args: [packaged('mcp-remote', 'dist', 'proxy.js'), url.href, ...more],
    env: environment({ MCP_REMOTE_CONFIG_DIR: await mkdtemp(path.join(folder, 'state-')) }),
    stderr: 'pipe',
  });
  const said = [];
  transport.stderr.on('data', (data) => said.push(data));
  try {
    return Object.assign(await connect(transport), { said });
  } catch (error) {
    throw new Error(`mcp-remote ${url}: ${error.message}; it said:\n${said.join('')}`);
  }
}

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'asana-mcp-remote-'));
});

after(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('mcp-remote', { concurrency: 2 }, () => {
  let world;

  before(async () => {
    world = await startWorld();
  });

  after(async () => {
    await world?.stop();
  });

  it('HTTP+SSE, 2025-11-25 (sse-only)', PATIENCE, () =>
    during(bridge(world.sse, '--transport', 'sse-only'), (client) => tryOut(client, world.gate)));

  it('Streamable HTTP, 2025-11-25 (http-first)', PATIENCE, () =>
    during(bridge(world.mcp), (client) => tryOut(client, world.gate)));

  it('Streamable HTTP, 2026-07-28 (--protocol auto)', PATIENCE, () =>
    during(bridge(world.mcp, '--protocol', 'auto'), async (client) => {
      assert.match(client.said.join(''), /speaks MCP 2026-07-28/);
      await tryAll(client);
      // It passes notifications/cancelled on, which means nothing to this revision; only its end counts.
      await tryLeaving(client, world.gate);
    }));

  it('falls back from Streamable HTTP on /sse', PATIENCE, () =>
    during(bridge(world.sse), (client) => call(client, 'asana_get_user')));
});

describe('mcp-remote with a token of its own', { concurrency: 2 }, () => {
  let world;

  before(async () => {
    world = await startWorld('--auth', 'bearer');
  });

  after(async () => {
    await world?.stop();
  });

  const header = ['--header', `Authorization: Bearer ${TOKEN}`];
  const name = async (client) => {
    const { data } = await call(client, 'asana_get_user');
    assert.equal(data.name, 'Ada Lindqvist');
  };

  it('HTTP+SSE, 2025-11-25 (sse-only)', PATIENCE, () =>
    during(bridge(world.sse, '--transport', 'sse-only', ...header), name));

  it('Streamable HTTP, 2025-11-25 (http-first)', PATIENCE, () => during(bridge(world.mcp, ...header), name));

  it('Streamable HTTP, 2026-07-28 (--protocol auto)', PATIENCE, () =>
    during(bridge(world.mcp, '--protocol', 'auto', ...header), name));
});
