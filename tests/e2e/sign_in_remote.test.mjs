// mcp-remote signs a person in with a real browser, as assistants that only start programs have it do; and the
// Inspector, which says how to.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { PATIENCE, call, connect, during, environment, packaged, v1 } from './harness.mjs';
import { ADA, Wallet, openPerson, scratch, startApp, startChromium, startHouse } from './sign_in.mjs';

let folder;
let house;
let browser;
let ada;

before(async () => {
  folder = await scratch();
  [house, browser] = await Promise.all([startHouse(), startChromium()]);
  ada = await openPerson(browser, ADA);
  await mkdir(path.join(folder, 'empty'));
});

after(async () => {
  await browser?.close();
  await house?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Starts the bridge; whatever page it wants to have opened, Ada opens and allows. */
async function bridge(state, args) {
  const transport = new v1.StdioClientTransport({
    command: process.execPath,
    args: [packaged('mcp-remote', 'dist', 'proxy.js'), ...args, '--auth-timeout', '100'],
    // It finds nothing that could open a browser of this machine's.
    env: environment({
      MCP_REMOTE_CONFIG_DIR: state,
      PATH: path.join(folder, 'empty'),
      BROWSER: '',
      DISPLAY: '',
      WAYLAND_DISPLAY: '',
    }),
    stderr: 'pipe',
  });
  const told = { text: '', visits: 0 };
  const silent = new Promise((resolve) => transport.stderr.once('end', resolve));
  let failed;
  const refused = new Promise((resolve, reject) => (failed = reject));
  transport.stderr.on('data', (data) => {
    told.text += data;
    // It prints the page, asks by itself whether it is still known, and then wants a browser.
    const asked = told.text.split('Could not open a browser automatically').slice(0, -1);
    for (const text of asked.slice(told.visits)) {
      told.visits++;
      ada.allow(text.match(/http:\S+\/authorize\?\S+/g).at(-1)).catch(failed);
    }
  });
  try {
    return Object.assign(await Promise.race([connect(transport), refused]), { told });
  } catch (error) {
    await transport.close();
    await silent;
    throw new Error(`mcp-remote ${args.join(' ')}: ${error.message}; it said:\n${told.text}`);
  }
}

/** One that is free, and stays so: the system gives out those above 32767 to others. Without one, bridges to the same
 * address share a port, and a sign-in. */
async function callbackPort() {
  for (;;) {
    const port = randomInt(10000, 32768);
    const server = net.createServer();
    const free = await new Promise((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

describe('mcp-remote', () => {
  const WAYS = {
    'HTTP+SSE (sse-only)': () => [house.sse.href, '--transport', 'sse-only'],
    'Streamable HTTP, 2025-11-25 (http-first)': () => [house.mcp.href],
    'Streamable HTTP, 2026-07-28 (--protocol auto)': () => [house.mcp.href, '--protocol', 'auto'],
  };
  let bridges;

  before(async () => {
    bridges = new Map();
    for (const [way, args] of Object.entries(WAYS)) {
      const state = await mkdtemp(path.join(folder, 'state-'));
      const [url, ...more] = args();
      bridges.set(way, { state, args: [url, String(await callbackPort()), ...more] });
    }
  });

  /** Connects, and works as the person; so many pages are opened. */
  const work = async (way, visits) => {
    const { state, args } = bridges.get(way);
    await during(bridge(state, args), async (client) => {
      assert.ok((await client.listTools()).tools.some((tool) => tool.name === 'asana_create_task'));
      const { data } = await call(client, 'asana_get_user', { user_id: 'me' });
      assert.equal(data.name, ADA);
      assert.equal(client.told.visits, visits, client.told.text);
    });
  };
  // One after the other: there is one person.
  const each = async (visits) => {
    for (const way of bridges.keys()) await work(way, visits);
  };

  it('from nothing to a tool call', PATIENCE, () => each(1));

  it('again with the stored token, without a browser', PATIENCE, () => each(0));

  it('a token that has ended is refreshed', PATIENCE, async () => {
    await house.endAccessTokens();
    await each(0);
  });

  it('whoever is forgotten registers anew', PATIENCE, async () => {
    await house.forgetAll();
    // Over HTTP+SSE it registers, and ends; its next start goes on from there.
    const [sse, ...others] = bridges.keys();
    await assert.rejects(work(sse, 1));
    for (const way of [sse, ...others]) await work(way, 1);
  });
});

describe('MCP Inspector CLI', { concurrency: 2 }, () => {
  /** Runs it once: how it ended, and the JSON object that it printed. */
  const inspect = (...args) =>
    new Promise((resolve) => {
      const program = packaged('@modelcontextprotocol', 'inspector', 'clients', 'launcher', 'build', 'index.js');
      const command = [program, '--cli', '--format', 'json', '--stored-auth-only', ...args];
      execFile(process.execPath, command, { env: environment({ HOME: folder }) }, (error, stdout, stderr) =>
        resolve({ code: error ? error.code : 0, said: JSON.parse(stdout || stderr) }),
      );
    });
  let app;

  before(async () => {
    app = await startApp();
  });

  after(async () => {
    await app.stop();
  });

  for (const [name, more] of Object.entries({
    'HTTP+SSE': () => ['--transport', 'sse', house.sse.href],
    'Streamable HTTP, 2025-11-25': () => ['--transport', 'http', house.mcp.href],
    'Streamable HTTP, 2026-07-28': () => ['--transport', 'http', '--protocol-era', 'modern', house.mcp.href],
  }))
    it(`tells that it has to sign in, and works with a token: ${name}`, PATIENCE, async () => {
      const nobody = await inspect('--method', 'tools/list', ...more());
      assert.equal(nobody.code, 3);
      assert.equal(nobody.said.error.code, 'auth_required');

      const wallet = new Wallet(ada, app.redirectUri);
      const serverUrl = more().at(-1);
      assert.equal(await v1.auth(wallet, { serverUrl }), 'REDIRECT');
      await v1.auth(wallet, { serverUrl, authorizationCode: wallet.told.get('code') });
      const header = ['--header', `Authorization: Bearer ${wallet.kept.access_token}`];
      const tool = ['--method', 'tools/call', '--tool-name', 'asana_get_user', '--tool-arg', 'user_id=me'];
      const { code, said } = await inspect(...tool, ...header, ...more());
      assert.equal(code, 0, JSON.stringify(said));
      assert.equal(JSON.parse(said.result.content[0].text).data.name, ADA);
    });
});
