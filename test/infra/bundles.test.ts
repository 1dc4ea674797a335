// The bundles: the same bytes from the same sources, no bigger than they may be, and nothing in them that their function has no use for.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleAll } from '../../infra/bundles/bundle.ts';
import { namedKeys } from '../../infra/bundles/shakeable-schemas.ts';
import { bundles, playbooks } from './synth.ts';

/** Kilobytes: a playbook's function with EC2's client may be bigger than one without. */
const limits = { ec2: 1200, other: 700 };

const inputsOf = (name: string): readonly string[] => Object.keys(bundles.get(name)?.inputs ?? {});
const textOf = (folder: string): string => readFileSync(join(folder, 'index.mjs'), 'utf8');
const hashOf = (folder: string): string => createHash('sha256').update(textOf(folder)).digest('hex');

describe('a bundle', () => {
  it('has the same bytes wherever and whenever it is made', async () => {
    const again = await bundleAll(playbooks, mkdtempSync(join(tmpdir(), 'firebreak-again-')));
    expect([...again.keys()]).toEqual([...bundles.keys()]);
    for (const [name, { folder }] of again)
      expect([name, hashOf(folder)]).toEqual([name, hashOf(bundles.get(name)?.folder ?? '')]);
  });

  it.each([...bundles.keys()])('%s is no bigger than it may be', (name) => {
    const isEc2 = inputsOf(name).some((file) => file.includes('@aws-sdk/client-ec2/'));
    expect((bundles.get(name)?.bytes ?? 0) / 1000).toBeLessThanOrEqual(isEc2 ? limits.ec2 : limits.other);
  });

  it.each([...bundles.keys()])('%s has no code of a playbook that is not its own', (name) => {
    const others = inputsOf(name).filter(
      (file) => /^playbooks\/[a-z]+(-[a-z]+)+\//.test(file) && !file.startsWith(`playbooks/${name}/`),
    );
    expect(others).toEqual([]);
  });

  it.each([...bundles.keys()])('%s looks for no credentials but its own', (name) => {
    expect(inputsOf(name).filter((file) => /credential-provider-|token-providers|nested-clients/.test(file))).toEqual(
      [],
    );
  });

  it('keeps of EC2 what is used alone', () => {
    const text = textOf(bundles.get('snapshot-volumes')?.folder ?? '');
    expect(text).toContain('CreateSnapshots');
    expect(text).not.toContain('CreateTransitGatewayRouteTable');
  });
});

describe("the schemas' keys", () => {
  it('are written out where they are constants, and stay where they are none', () => {
    const source = 'const _h = "http";\nexport var A$ = [9, n0, _A, { [_h]: ["POST", "/"], [_other]: 1 }, [_h, _x]];';
    expect(namedKeys(source)).toBe(
      'const _h = "http";\nexport var A$ = [9, n0, _A, { "http": ["POST", "/"], [_other]: 1 }, [_h, _x]];',
    );
  });
});
