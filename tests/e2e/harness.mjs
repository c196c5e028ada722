// Starts the server and the sandbox behind it, and loads the official clients from where tests/lib/node.py has put
// them.

import { spawn } from 'node:child_process';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';

if (!process.env.ASANA_MCP_NPM || !process.env.ASANA_MCP_BIN)
  throw new Error('run this with ./dev test e2e, which sets ASANA_MCP_NPM and ASANA_MCP_BIN');

export const load = createRequire(path.join(process.env.ASANA_MCP_NPM, 'package.json'));

/** The two lines of the TypeScript SDK. */
export const v1 = {
  ...load('@modelcontextprotocol/sdk/client/index.js'),
  ...load('@modelcontextprotocol/sdk/client/auth.js'),
  ...load('@modelcontextprotocol/sdk/client/sse.js'),
  ...load('@modelcontextprotocol/sdk/client/streamableHttp.js'),
  ...load('@modelcontextprotocol/sdk/client/stdio.js'),
  ...load('@modelcontextprotocol/sdk/types.js'),
};
export const v2 = {
  ...load('@modelcontextprotocol/client'),
  ...load('@modelcontextprotocol/client/stdio'),
};

/** A file of an installed package. */
export const packaged = (...parts) => path.join(process.env.ASANA_MCP_NPM, 'node_modules', ...parts);

export const program = process.env.ASANA_MCP_BIN;

// A Wednesday; the sandbox's clock stands still there.
export const NOW = '2026-11-25T09:00:00Z';
export const WEEK = { monday: '2026-11-23', sunday: '2026-11-29' };
export const TOKEN = 'sandbox-token-ada';

// For one test; the machine may be busy, and the program slow under sanitizers.
export const PATIENCE = { timeout: 120_000 };

export function environment(extra = {}) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^ASANA_|_proxy$/i.test(name) && !name.startsWith('NODE_'),
  );
  return { ...Object.fromEntries(kept), ...extra };
}

// However this process ends, nothing that it started outlives it.
const running = new Set();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));
process.once('SIGTERM', () => process.exit(1));

/** Runs the program until stop(); `ready` matches the line that says that it serves, and where. */
export async function start(args, ready, extra) {
  const child = spawn(program, args, { env: environment(extra), stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
  running.add(child);
  ended.then(() => running.delete(child));
  const url = await new Promise((resolve, reject) => {
    for (const input of [child.stdout, child.stderr])
      createInterface({ input }).on('line', (line) => {
        said.push(line);
        const found = ready.exec(line);
        if (found) resolve(found[1]);
      });
    ended.then((code) => reject(new Error(`${args.join(' ')} ended with ${code}:\n${said.join('\n')}`)));
  });
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      const code = await ended;
      if (code !== 0 || said.some((line) => /Sanitizer|runtime error:/.test(line)))
        throw new Error(`${args.join(' ')} ended with ${code}:\n${said.join('\n')}`);
    },
  };
}

const SERVES = /server\.ready\b.*\burl="?(http:[^\s"]+)/;

/** `asana-mcp serve --sandbox` on a port of the system's choice. */
export function startServer(...more) {
  return start(['serve', '--sandbox', '--now', NOW, '--listen', '127.0.0.1:0', '--workers', '2', ...more], SERVES);
}

/** Stands between the server and the sandbox: passes everything on, but holds what a test wants to cancel. */
async function startGate(api) {
  const held = new Map();
  const server = http.createServer((request, response) => {
    const wanted = held.get(path.basename(request.url.split('?')[0]));
    if (wanted) {
      // Never answered: it ends when the server gives it up.
      response.once('close', wanted.drop);
      wanted.arrive();
      return;
    }
    const onward = http.request(new URL(request.url, api), { method: request.method, headers: request.headers });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  let next = 900000;
  return {
    url: `http://127.0.0.1:${server.address().port}/api/1.0`,
    /** A person that Asana will never answer about: when it is asked, and when the question is dropped. */
    hold() {
      const gid = String(next++);
      const gate = { gid };
      gate.arrived = new Promise((resolve) => (gate.arrive = resolve));
      gate.dropped = new Promise((resolve) => (gate.drop = resolve));
      held.set(gid, gate);
      return gate;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The sandbox, a gate before it, and the server; `stdio` starts one more server that the client owns. */
export async function startWorld(...more) {
  const sandbox = await start(
    ['sandbox', '--listen', '127.0.0.1:0', '--now', NOW],
    /serves (http:\S+)\/api\/1\.0/,
  );
  const gate = await startGate(sandbox.url);
  const secret = { ASANA_ACCESS_TOKEN: TOKEN };
  const behind = ['--api-url', gate.url];
  const server = await start(
    ['serve', ...behind, '--listen', '127.0.0.1:0', '--workers', '2', ...more],
    SERVES,
    more.includes('bearer') ? {} : secret,
  );
  return {
    gate,
    url: server.url,
    mcp: new URL('/mcp', server.url),
    sse: new URL('/sse', server.url),
    stdio: { command: program, args: ['stdio', ...behind, ...more], env: environment(secret), stderr: 'pipe' },
    /** Asana's own API, for what happens outside of our server. */
    async asana(method, route, data) {
      const answer = await fetch(`${sandbox.url}/api/1.0${route}`, {
        method,
        headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
        body: data && JSON.stringify({ data }),
      });
      const body = await answer.json();
      if (!answer.ok) throw new Error(`${method} ${route}: ${JSON.stringify(body)}`);
      return body.data;
    },
    async stop() {
      await server.stop();
      await gate.stop();
      await sandbox.stop();
    },
  };
}

export function stdioTransport() {
  return new v1.StdioClientTransport({
    command: program,
    args: ['stdio', '--sandbox', '--now', NOW],
    env: environment(),
    stderr: 'pipe',
  });
}

/** A client of the SDK's first line, connected. */
export async function connect(transport, options) {
  const client = new v1.Client({ name: 'asana-mcp-e2e', version: '1.0.0' }, options);
  await client.connect(transport);
  return client;
}

/** A client of the SDK's second line that speaks this revision and no other, connected. */
export async function connectAt(revision, transport, options) {
  const modern = revision >= '2026-07-28';
  const client = new v2.Client(
    { name: 'asana-mcp-e2e', version: '2.0.0' },
    {
      ...options,
      ...(modern ? { versionNegotiation: { mode: { pin: revision } } } : { supportedProtocolVersions: [revision] }),
    },
  );
  await client.connect(transport);
  return client;
}

/** Works with a connected client and closes it, also when the work fails: an open one would be tried again forever. */
export async function during(connecting, work) {
  const client = await connecting;
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** Whether a client speaks 2026-07-28. */
export const isModern = (client) => client instanceof v2.Client && client.getProtocolEra() === 'modern';

/** client.callTool(), whose options stand in another place in each line. */
export function callTool(client, name, args, options) {
  const params = { name, arguments: args };
  return client instanceof v1.Client ? client.callTool(params, undefined, options) : client.callTool(params, options);
}

/** Calls a tool and returns the object that its text holds. The client checks it against the tool's schema. */
export async function call(client, name, args = {}, options) {
  const result = await callTool(client, name, args, options);
  const [item, ...rest] = result.content;
  if (rest.length || item.type !== 'text') throw new Error(`${name}: not one text item`);
  if (result.isError) throw new Error(`${name}: ${item.text}`);
  return JSON.parse(item.text);
}

/** The gid of the one thing of that kind whose name it is, found as an assistant would. */
export async function find(client, workspace, type, name) {
  const { data } = await call(client, 'asana_typeahead_search', {
    workspace_gid: workspace,
    resource_type: type,
    query: name,
  });
  const hits = data.filter((hit) => hit.name === name);
  if (hits.length !== 1) throw new Error(`${hits.length} hits for the ${type} ${name}: ${JSON.stringify(data)}`);
  return hits[0].gid;
}

/** The organisation among the workspaces. */
export async function organisation(client) {
  const { data } = await call(client, 'asana_list_workspaces', { opt_fields: 'name,is_organization' });
  return data.find((workspace) => workspace.is_organization).gid;
}
