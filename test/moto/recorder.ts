// Stands between the command line and moto, and writes down every request: what was called, whether it writes, what was answered.
import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type Call = {
  /** 'ec2 DescribeInstances'; where the protocol has no name for it, 's3 PUT ?policy'. */
  readonly name: string;
  readonly writes: boolean;
  /** AWS's code of the error, 'not implemented' where moto does not know the operation, else empty. */
  readonly error: string;
};

export interface Recorder {
  readonly url: string;
  readonly calls: readonly Call[];
  stop(): void;
}

const reads = /^(Describe|Get|List|Head|Lookup|Simulate|Check|Search)/;

const nameOf = (method: string, url: string, headers: IncomingHttpHeaders, body: string): [string, boolean] => {
  const [, service = 'unknown'] = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const target = String(headers['x-amz-target'] ?? '').split('.')[1];
  const form = new URLSearchParams(body);
  const action = target ?? form.get('Action') ?? '';
  // Which attribute is modified stands in the parameters.
  const modified = [...new Set([...form.keys()].map((key) => key.split('.')[0] ?? ''))].filter(
    (key) => /^Modify.*Attribute$/.test(action) && !/^(Action|Version|.*Id)$/.test(key),
  );
  if (action) return [[service, action, ...modified].join(' '), !reads.test(action)];
  const { pathname, searchParams } = new URL(url, 'http://moto');
  const control = pathname.startsWith('/v20180820/') ? ` ${pathname.split('/').slice(2, 4).join('/')}` : '';
  const [sub] = [...searchParams.keys()].filter((key) => key !== 'x-id');
  return [
    `${service}${control ? '-control' : ''} ${method}${control}${sub && !control ? ` ?${sub}` : ''}`,
    !/^(GET|HEAD)$/.test(method),
  ];
};

const errorOf = (status: number, body: string): string => {
  if (status < 400) return '';
  const [, code] = /<Code>([^<]+)<\/Code>/.exec(body) ?? /"__type":\s*"(?:[^"#]*#)?([^"]+)"/.exec(body) ?? [];
  const unknown = status === 501 || /not (?:yet )?(?:been )?implemented|InvalidAction|UnknownOperation/i.test(body);
  if (unknown || (code === undefined && /<!doctype html>/i.test(body))) return 'not implemented';
  return code ?? String(status);
};

type Answered = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer };

const passOn = async (upstream: URL, incoming: IncomingMessage, body: Buffer): Promise<Answered> => {
  const { method, url: path, headers } = incoming;
  const onward = httpRequest({ hostname: upstream.hostname, port: upstream.port, method, path, headers });
  const answered = once(onward, 'response') as Promise<[IncomingMessage]>;
  onward.end(body);
  const [answer] = await answered;
  return { status: answer.statusCode ?? 500, headers: answer.headers, body: await buffer(answer) };
};

/** A way through to `upstream` that keeps a record. */
export const recordTo = async (upstream: string): Promise<Recorder> => {
  const calls: Call[] = [];
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/', headers } = incoming;
    const body = await buffer(incoming);
    const [name, writes] = nameOf(method, url, headers, body.toString());
    const answer = await passOn(new URL(upstream), incoming, body);
    calls.push({ name, writes, error: errorOf(answer.status, answer.body.toString()) });
    outgoing.writeHead(answer.status, answer.headers);
    outgoing.end(answer.body);
  };
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch((error: Error) => outgoing.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
