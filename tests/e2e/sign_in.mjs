// Signing in: a server with --auth oauth that can be started again at the same address, people with browsers, and what a
// client of the SDK keeps about itself.

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';

import { NOW, environment, load, program, start } from './harness.mjs';

const { chromium } = load('playwright-core');

/** People of the sandbox. */
export const ADA = 'Ada Lindqvist';
export const CHLOE = 'Chloé Dubois';
export const DANIEL = 'Daniel Okafor';

// How the server and the sandbox know each other.
const SECRET = { ASANA_MCP_CLIENT_SECRET: 'secret-of-the-application-at-asana' };

// Of the store (runtime/store/store.h).
const ACCESS_TOKENS = 4;

const listening = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

/** A folder for this file's tests; the caller removes it. */
export const scratch = () => mkdtemp(path.join(os.tmpdir(), 'asana-mcp-sign-in-'));

/** An address that stays while the server behind it is another one. */
async function openDoor() {
  const passing = new Set();
  let inside;
  const server = net.createServer((caller) => {
    if (!inside) {
      caller.destroy();
      return;
    }
    const onward = net.connect(inside, '127.0.0.1');
    for (const [from, to] of [
      [caller, onward],
      [onward, caller],
    ]) {
      passing.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        passing.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}`,
    leadTo(url) {
      inside = url && Number(new URL(url).port);
    },
    async close() {
      passing.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Each worker reads who is blocked before it lets anybody in, and each connection may meet another one. */
async function untilReady(url) {
  const status = () =>
    new Promise((resolve, reject) => {
      http
        .get(`${url}/readyz`, { agent: false }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject);
    });
  for (let inARow = 0; inARow < 20; ) inARow = (await status()) === 200 ? inARow + 1 : 0;
}

/** The sandbox as Asana, the server with a store of its own, and the door before it. */
export async function startHouse(...more) {
  const folder = await scratch();
  const store = path.join(folder, 'store.db');
  const door = await openDoor();
  const asana = await start(
    ['sandbox', '--listen', '127.0.0.1:0', '--now', NOW],
    /serves (http:\S+)\/api\/1\.0/,
    SECRET,
  );
  const begin = async () => {
    const server = await start(
      [
        ...['serve', '--listen', '127.0.0.1:0', '--public-url', door.url, '--workers', '2'],
        ...['--api-url', `${asana.url}/api/1.0`, '--oauth-url', `${asana.url}/-`, '--client-id', 'sandbox'],
        ...['--auth', 'oauth', '--store', `sqlite:${store}`, ...more],
      ],
      /server\.ready\b.*\blisten="?(http:[^\s"]+)/,
      SECRET,
    );
    door.leadTo(server.url);
    await untilReady(door.url);
    return server;
  };
  let server = await begin();
  const again = async (meanwhile) => {
    door.leadTo(null);
    await server.stop();
    await meanwhile();
    server = await begin();
  };
  return {
    folder,
    url: door.url,
    mcp: new URL('/mcp', door.url),
    sse: new URL('/sse', door.url),
    /** Starts the server anew, when the time of all access tokens is over. */
    endAccessTokens: () =>
      again(() => {
        const file = new DatabaseSync(store);
        file.exec(`UPDATE record SET expires_at = 1 WHERE kind = ${ACCESS_TOKENS}`);
        file.close();
      }),
    /** Starts the server anew, with nothing that it knew. */
    forgetAll: () =>
      again(() => Promise.all(['', '-wal', '-shm'].map((end) => rm(store + end, { force: true })))),
    async stop() {
      await server.stop();
      await door.close();
      await asana.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** `asana-mcp COMMAND …` beside a running server; what it prints. */
export async function command(...args) {
  const { stdout } = await promisify(execFile)(program, args, { env: environment() });
  return stdout;
}

/** Where apps on this computer are sent back to: it says hello to everybody. */
export async function startApp() {
  const server = http.createServer((request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end('<!doctype html><html lang="en"><title>The app</title><p>You can close this page.');
  });
  const port = await listening(server);
  return {
    redirectUri: `http://127.0.0.1:${port}/callback`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A web site that describes a client (a Client ID Metadata Document), with a certificate of its own making. */
export async function startSite(folder) {
  // The one that the unit tests' https server has, too.
  const source = await readFile(new URL('../unit/tls_double.h', import.meta.url), 'utf8');
  const pem = (name) => {
    const [, text] = new RegExp(`${name}\\[\\] =\\n([^;]*);`).exec(source);
    return [...text.matchAll(/"(.*)\\n"/g)].map(([, line]) => `${line}\n`).join('');
  };
  const cert = pem('tls_double_certificate');
  const documents = new Map();
  const server = https.createServer({ key: pem('tls_double_key'), cert }, (request, response) => {
    const known = documents.get(request.url);
    response.writeHead(known ? 200 : 404, { 'Content-Type': 'application/json', 'Cache-Control': 'max-age=3600' });
    response.end(JSON.stringify(known ?? {}));
  });
  const at = `localhost:${await listening(server)}`;
  const authorities = path.join(folder, 'site.pem');
  await writeFile(authorities, cert);
  return {
    flags: ['--cimd-allow', at, '--ca-file', authorities],
    /** Describes a client; its id. */
    describe(name, redirectUri) {
      const route = `/${randomUUID()}/client.json`;
      const client_id = `https://${at}${route}`;
      documents.set(route, {
        client_id,
        client_name: name,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      });
      return client_id;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Chromium, without a window. */
export function startChromium() {
  return chromium.launch({ executablePath: process.env.ASANA_MCP_CHROMIUM, args: ['--no-sandbox'] });
}

/** Signs in on the sandbox's page, where the page is now, and goes wherever that leads. */
export async function atAsana(page, name, decision = 'Allow') {
  const { origin } = new URL(page.url());
  await page.getByRole('radio', { name }).check();
  await page.getByRole('button', { name: decision, exact: true }).click();
  await page.waitForURL((url) => url.origin !== origin);
}

/** A person with a browser of their own. */
export async function openPerson(browser, name) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const answer = async (url, access) => {
    await page.goto(String(url));
    const { origin, searchParams } = new URL(url);
    if (new URL(page.url()).origin === origin) {
      await page.locator(`input[name=access][value=${access}]`).check();
      await page.getByRole('button', { name: 'Allow', exact: true }).click();
      await page.waitForURL((now) => now.origin !== origin);
    }
    await atAsana(page, name);
    if (!page.url().startsWith(searchParams.get('redirect_uri')))
      throw new Error(`${name} came to ${page.url()}:\n${await page.innerText('body')}`);
    return new URL(page.url()).searchParams;
  };
  let before = Promise.resolve();
  return {
    name,
    /** Opens what a client wants to have opened and allows it, one thing after the other; with what the client is told. */
    allow(url, access = 'write') {
      const told = before.then(() => answer(url, access));
      before = told.catch(() => {});
      return told;
    },
  };
}

/** What a client of the SDK keeps (an OAuthClientProvider of both lines), and the person who is asked. */
export class Wallet {
  constructor(person, redirectUrl, more = {}) {
    Object.assign(this, { person, redirectUrl, visits: 0, registered: [], states: new Set() }, more);
  }
  get clientMetadata() {
    return {
      client_name: 'A client of the SDK',
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }
  state() {
    const state = randomUUID();
    this.states.add(state);
    return state;
  }
  clientInformation() {
    return this.client;
  }
  saveClientInformation(client) {
    // A saved one may come again with its issuer added.
    if (client.client_id !== this.client?.client_id) this.registered.push(client.client_id);
    this.client = client;
  }
  tokens() {
    return this.kept;
  }
  saveTokens(tokens) {
    this.kept = tokens;
  }
  codeVerifier() {
    return this.verifier;
  }
  saveCodeVerifier(verifier) {
    this.verifier = verifier;
  }
  discoveryState() {
    return this.discovered;
  }
  saveDiscoveryState(discovered) {
    this.discovered = discovered;
  }
  invalidateCredentials(what) {
    if (what === 'all' || what === 'client') this.client = undefined;
    if (what === 'all' || what === 'tokens') this.kept = undefined;
    if (what === 'all' || what === 'discovery') this.discovered = undefined;
  }
  async redirectToAuthorization(url) {
    this.visits++;
    if (this.scope) url.searchParams.set('scope', this.scope);
    this.told = await this.person.allow(url, (this.scope ?? 'write').split(' ').at(-1));
    if (!this.states.delete(this.told.get('state'))) throw new Error('the state is another one');
  }
}

/** The same work with each member of a map, all at once; a failure tells whose it is. */
export const each = (map, work) =>
  Promise.all(
    [...map].map(async ([name, member]) => {
      try {
        await work(member);
      } catch (error) {
        throw new Error(`${name}: ${error.message}`, { cause: error });
      }
    }),
  );
