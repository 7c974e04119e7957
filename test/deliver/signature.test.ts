import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { PACKAGE_ROOT } from '../../src/config.js';
import { newSigningSecret, signedHeaders } from '../../src/deliver/signature.js';

it('is as Standard Webhooks has it', () => {
  // The example of the specification's own libraries (standardwebhooks, tests).
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
  expect(signedHeaders({ id, body: '{"test": 2432232314}', secret }, 1_614_265_330_000)).toEqual({
    'webhook-id': id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

it('is checked by the lines that the documentation gives', async () => {
  const page = await readFile(path.join(PACKAGE_ROOT, 'docs/alerts.md'), 'utf8');
  const [, code] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
  const lines = code!.replace(/^import .*\n/, '');
  const { createHmac, timingSafeEqual } = await import('node:crypto');
  const check = new Function('createHmac', 'timingSafeEqual', 'secret', 'headers', 'body', `${lines}\nreturn good;`);
  const secret = newSigningSecret();
  const body = '{"schema":1,"title":"日本 🔥"}';
  const headers = signedHeaders({ id: 'a', body, secret }, Date.now());
  const good = (given: object, said: string) => check(createHmac, timingSafeEqual, secret, given, said);
  expect(good(headers, body)).toBe(true);
  expect(good({ ...headers, 'webhook-signature': `v1,AAAA ${headers['webhook-signature']}` }, body)).toBe(true);
  expect(good(headers, `${body} `)).toBe(false);
  expect(good({ ...headers, 'webhook-id': 'b' }, body)).toBe(false);
  expect(good(signedHeaders({ id: 'a', body, secret }, Date.now() - 600_000), body)).toBe(false);
});
