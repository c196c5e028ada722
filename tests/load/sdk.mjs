// The official SDK's server with one hand-written tool, as somebody would write it: what a bench compares with.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(pathToFileURL(join(process.env.ASANA_MCP_NPM, 'package.json')));
const { McpServer } = require('@modelcontextprotocol/sdk/server/mcp.js');
const { StreamableHTTPServerTransport } = require('@modelcontextprotocol/sdk/server/streamableHttp.js');
const { SSEServerTransport } = require('@modelcontextprotocol/sdk/server/sse.js');
const { z } = require('zod');

const api = process.argv[2];
const sessions = new Map();

function newServer(authorization) {
  const server = new McpServer({ name: 'sdk', version: '1.0.0' });
  const tool = {
    title: 'Get a task',
    description: 'Read one task in full.',
    inputSchema: { task_id: z.string(), opt_fields: z.string().optional() },
    outputSchema: { data: z.looseObject({ gid: z.string() }) },
  };
  server.registerTool('asana_get_task', tool, async ({ task_id, opt_fields }) => {
    const fields = opt_fields ? `?opt_fields=${encodeURIComponent(opt_fields)}` : '';
    const response = await fetch(`${api}/tasks/${encodeURIComponent(task_id)}${fields}`, { headers: { authorization } });
    if (!response.ok) throw new Error(`Asana answered ${response.status}`);
    const structuredContent = await response.json();
    return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent };
  });
  return server;
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}

async function streamable(request, response) {
  const body = await bodyOf(request);
  let transport = sessions.get(request.headers['mcp-session-id']);
  if (!transport) {
    transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: true,
      onsessioninitialized: (id) => sessions.set(id, transport),
    });
    await newServer(request.headers.authorization).connect(transport);
  }
  await transport.handleRequest(request, response, body);
}

async function stream(request, response) {
  const transport = new SSEServerTransport('/sse/message', response);
  sessions.set(transport.sessionId, transport);
  response.on('close', () => sessions.delete(transport.sessionId));
  await newServer(request.headers.authorization).connect(transport);
}

const http = createServer(async (request, response) => {
  try {
    const url = new URL(request.url, 'http://127.0.0.1');
    if (url.pathname === '/mcp') await streamable(request, response);
    else if (url.pathname === '/sse') await stream(request, response);
    else await sessions.get(url.searchParams.get('sessionId')).handlePostMessage(request, response);
  } catch (error) {
    console.error(error);
    if (!response.headersSent) response.writeHead(500).end();
  }
});
http.keepAliveTimeout = 3_600_000;
http.listen(0, '127.0.0.1', 8192, () => console.log(`port ${http.address().port}`));
