// Lambda's Invoke, as far as our functions use it: moto runs functions in containers only, so these calls come here and run in this process.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

export interface LambdaEndpoint {
  readonly url: string;
  stop(): void;
}

/** `/2015-03-31/functions/firebreak-deny%3Alive/invocations`: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const invoked = /^\/2015-03-31\/functions\/firebreak-([a-z-]+)(?::|%3A)live\/invocations$/;

/** Serves the calls until it is stopped. `call` runs the function of that name, without its prefix. */
export const serveLambda = (call: (name: string, event: unknown) => Promise<unknown>): Promise<LambdaEndpoint> =>
  new Promise((resolve) => {
    const server = createServer((request, response) => {
      const [, name] = invoked.exec(request.url ?? '') ?? [];
      const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
      if (!name) {
        answer(404, { Message: `no function at ${request.url}` }, { 'x-amzn-errortype': 'ResourceNotFoundException' });
        return;
      }
      const isWaitedFor = request.headers['x-amz-invocation-type'] !== 'Event';
      const work = text(request).then((body) => call(name, JSON.parse(body)));
      if (!isWaitedFor) answer(202, null);
      work.then(
        (said) => isWaitedFor && answer(200, said),
        ({ name: errorType, message: errorMessage }: Error) =>
          isWaitedFor && answer(200, { errorType, errorMessage }, { 'x-amz-function-error': 'Unhandled' }),
      );
    });
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = address && typeof address === 'object' ? address.port : 0;
      resolve({ url: `http://127.0.0.1:${port}`, stop: () => server.close() });
    });
  });
