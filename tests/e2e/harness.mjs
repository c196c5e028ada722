// Starts the server, and loads the official client from where tests/lib/node.py has put it.

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import path from 'node:path';

if (!process.env.ASANA_MCP_NPM || !process.env.ASANA_MCP_BIN)
  throw new Error('run this with ./dev test e2e, which sets ASANA_MCP_NPM and ASANA_MCP_BIN');

const load = createRequire(path.join(process.env.ASANA_MCP_NPM, 'package.json'));

export const { Client } = load('@modelcontextprotocol/sdk/client/index.js');
export const { SSEClientTransport } = load('@modelcontextprotocol/sdk/client/sse.js');
export const { StreamableHTTPClientTransport } = load('@modelcontextprotocol/sdk/client/streamableHttp.js');
export const { StdioClientTransport } = load('@modelcontextprotocol/sdk/client/stdio.js');

export const program = process.env.ASANA_MCP_BIN;

// A Wednesday; the sandbox's clock stands still there.
export const NOW = '2026-11-25T09:00:00Z';
export const WEEK = { monday: '2026-11-23', sunday: '2026-11-29' };

function environment() {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^ASANA_|_proxy$/i.test(name) && !name.startsWith('NODE_'),
  );
  return Object.fromEntries(kept);
}

/** `asana-mcp serve --sandbox` on a port of the system's choice. */
export async function startServer() {
  const child = spawn(
    program,
    ['serve', '--sandbox', '--now', NOW, '--listen', '127.0.0.1:0', '--workers', '2'],
    { env: environment(), stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const said = [];
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      const ready = /server\.ready\b.*\burl="?(http:[^\s"]+)/.exec(line);
      if (ready) resolve(ready[1]);
    });
    ended.then((code) => reject(new Error(`the server ended with ${code}:\n${said.join('\n')}`)));
  });
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      const code = await ended;
      if (code !== 0 || said.some((line) => /Sanitizer|runtime error:/.test(line)))
        throw new Error(`the server ended with ${code}:\n${said.join('\n')}`);
    },
  };
}

export function stdioTransport() {
  return new StdioClientTransport({
    command: program,
    args: ['stdio', '--sandbox', '--now', NOW],
    env: environment(),
    stderr: 'pipe',
  });
}

export async function connect(transport) {
  const client = new Client({ name: 'asana-mcp-e2e', version: '1.0.0' });
  await client.connect(transport);
  return client;
}

/** Calls a tool and returns the object that its text holds. The client checks it against the tool's schema. */
export async function call(client, name, args = {}) {
  const result = await client.callTool({ name, arguments: args });
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
