// S3 and S3 Control of the account in memory, through the real SDK: blocks, policies, ACLs, and what is public.
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketLoggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketReplicationCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketLoggingCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateAccessPointCommand,
  DeletePublicAccessBlockCommand as DeleteAccountBlockCommand,
  GetAccessPointCommand,
  GetAccessPointPolicyCommand,
  GetAccessPointPolicyStatusCommand,
  GetPublicAccessBlockCommand as GetAccountBlockCommand,
  ListAccessPointsCommand,
  ListMultiRegionAccessPointsCommand,
  PutAccessPointPolicyCommand,
  PutPublicAccessBlockCommand as PutAccountBlockCommand,
  S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isPublicPolicy } from '../../gameday/account/policy-publicness.ts';
import { canReadAnonymously, canWriteAnonymously, exposuresOf, s3 } from '../../gameday/account/s3.ts';
import { addMultiRegionAccessPoint, s3Control, setOrganizationBlock } from '../../gameday/account/s3-control.ts';
import type { World } from '../../gameday/account/world.ts';
import { elsewhere, home, nameOf, setUp } from './clients.ts';

const Bucket = 'shop-assets';
const open = {
  BlockPublicAcls: false,
  IgnorePublicAcls: false,
  BlockPublicPolicy: false,
  RestrictPublicBuckets: false,
};
const closed = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const objects = `arn:aws:s3:::${Bucket}/*`;
const publicRead = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: objects };

let world: World;
let client: S3Client;
let foreign: S3Client;
let european: S3Client;
let control: S3ControlClient;

beforeEach(() => {
  const setup = setUp({ S3: s3, 'S3 Control': s3Control });
  world = setup.world;
  client = setup.client(S3Client);
  foreign = setup.client(S3Client, elsewhere);
  european = setup.client(S3Client, home, 'eu-west-1');
  control = setup.client(S3ControlClient);
});
afterEach(() => expect(world.defects).toEqual([]));

const create = (more: object = {}) => client.send(new CreateBucketCommand({ Bucket, ...more }));
const putPolicy = (Policy: string) => client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
const unblock = () => client.send(new DeletePublicAccessBlockCommand({ Bucket }));
const block = (PublicAccessBlockConfiguration: object) =>
  client.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
const own = (ObjectOwnership: 'BucketOwnerEnforced' | 'ObjectWriter') =>
  client.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules: [{ ObjectOwnership }] } }));
const grants = async () =>
  (await client.send(new GetBucketAclCommand({ Bucket }))).Grants?.map((grant) => [
    grant.Grantee?.URI?.split('/').at(-1) ?? 'owner',
    grant.Permission,
  ]);

describe('buckets', () => {
  test('a new bucket is closed: everything blocked, no ACLs, encrypted', async () => {
    await create();
    expect((await client.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration).toEqual(
      closed,
    );
    const { OwnershipControls } = await client.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    expect(OwnershipControls?.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
    const { ServerSideEncryptionConfiguration } = await client.send(new GetBucketEncryptionCommand({ Bucket }));
    expect(ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe(
      'AES256',
    );
    expect(exposuresOf(world.state, Bucket)).toEqual([]);
  });

  test('names are everybody’s', async () => {
    await create();
    expect(await nameOf(foreign.send(new CreateBucketCommand({ Bucket })))).toBe('BucketAlreadyExists');
    const again = european.send(new CreateBucketCommand({ Bucket }));
    expect(await nameOf(again)).toBe('BucketAlreadyOwnedByYou');
    // us-east-1 says yes to its own.
    expect(await nameOf(create())).toBe('no error');
    expect(await nameOf(client.send(new CreateBucketCommand({ Bucket: 'No_Bucket' })))).toBe('InvalidBucketName');
  });

  test('a public ACL can’t come with a new bucket', async () => {
    expect(await nameOf(create({ ACL: 'public-read' }))).toBe('InvalidBucketAclWithObjectOwnership');
    const writer = create({ ACL: 'public-read', ObjectOwnership: 'ObjectWriter' });
    expect(await nameOf(writer)).toBe('InvalidBucketAclWithBlockPublicAccessError');
    expect(await nameOf(create({ ACL: 'private' }))).toBe('no error');
  });

  test('a bucket answers in its Region; the SDK is sent there from elsewhere', async () => {
    await european.send(new CreateBucketCommand({ Bucket: 'in-europe' }));
    const location = await client.send(new GetBucketLocationCommand({ Bucket: 'in-europe' }));
    expect(location.LocationConstraint).toBe('eu-west-1');
    expect((await client.send(new HeadBucketCommand({ Bucket: 'in-europe' }))).BucketRegion).toBe('eu-west-1');
    const outcomes = world.calls.slice(-2).map(({ command, region, outcome }) => [command, region, outcome]);
    expect(outcomes).toEqual([
      ['HeadBucket', 'us-east-1', 'Unknown'],
      ['HeadBucket', 'eu-west-1', 'ok'],
    ]);
    await create();
    expect((await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeUndefined();
  });

  test('a client that follows no redirects is told the Region', async () => {
    await european.send(new CreateBucketCommand({ Bucket: 'in-europe' }));
    const session = world.session('plain');
    const plain = new S3Client({ ...session.configure(home, 'us-east-1'), followRegionRedirects: false });
    plain.middlewareStack.use(session.plugin(home, 'us-east-1'));
    await expect(plain.send(new GetBucketPolicyCommand({ Bucket: 'in-europe' }))).rejects.toMatchObject({
      name: 'PermanentRedirect',
      $metadata: { httpStatusCode: 301 },
      $response: { headers: { 'x-amz-bucket-region': 'eu-west-1' } },
    });
  });

  test('another Region’s endpoint makes no bucket here', async () => {
    const make = new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } });
    expect(await nameOf(european.send(make))).toBe('IllegalLocationConstraintException');
    expect(await nameOf(client.send(make))).toBe('no error');
  });

  test('HEAD gives a status and hardly a name', async () => {
    await create();
    const head = new HeadBucketCommand({ Bucket });
    await expect(foreign.send(head)).rejects.toMatchObject({ name: 'Unknown', $metadata: { httpStatusCode: 403 } });
    const none = client.send(new HeadBucketCommand({ Bucket: 'no-such-bucket' }));
    await expect(none).rejects.toMatchObject({ name: 'NotFound', $metadata: { httpStatusCode: 404 } });
  });

  test('only the expected owner’s bucket is touched', async () => {
    await create();
    const read = (ExpectedBucketOwner: string) =>
      nameOf(client.send(new GetBucketAclCommand({ Bucket, ExpectedBucketOwner })));
    expect(await read(home)).toBe('no error');
    expect(await read(elsewhere)).toBe('AccessDenied');
    expect(await nameOf(foreign.send(new DeletePublicAccessBlockCommand({ Bucket })))).toBe('AccessDenied');
  });

  test('each account lists its own', async () => {
    await create();
    await european.send(new CreateBucketCommand({ Bucket: 'in-europe' }));
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name, BucketRegion }) => [Name, BucketRegion])).toEqual([
      ['in-europe', undefined],
      [Bucket, undefined],
    ]);
    const asked = await client.send(new ListBucketsCommand({ BucketRegion: 'eu-west-1' }));
    expect(asked.Buckets?.map(({ Name, BucketRegion }) => [Name, BucketRegion])).toEqual([['in-europe', 'eu-west-1']]);
    expect((await foreign.send(new ListBucketsCommand({}))).Buckets).toEqual([]);
  });

  test('a bucket goes when it is empty', async () => {
    await create();
    await client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }));
    expect(await nameOf(client.send(new DeleteBucketCommand({ Bucket })))).toBe('BucketNotEmpty');
  });

  test.each([
    ['PublicAccessBlock', () => new GetPublicAccessBlockCommand({ Bucket }), 'NoSuchPublicAccessBlockConfiguration'],
    ['Policy', () => new GetBucketPolicyCommand({ Bucket }), 'NoSuchBucketPolicy'],
    ['PolicyStatus', () => new GetBucketPolicyStatusCommand({ Bucket }), 'NoSuchBucketPolicy'],
    ['OwnershipControls', () => new GetBucketOwnershipControlsCommand({ Bucket }), 'OwnershipControlsNotFoundError'],
    ['Website', () => new GetBucketWebsiteCommand({ Bucket }), 'NoSuchWebsiteConfiguration'],
    ['Cors', () => new GetBucketCorsCommand({ Bucket }), 'NoSuchCORSConfiguration'],
    ['Tagging', () => new GetBucketTaggingCommand({ Bucket }), 'NoSuchTagSet'],
    ['Replication', () => new GetBucketReplicationCommand({ Bucket }), 'ReplicationConfigurationNotFoundError'],
    ['Logging', () => new GetBucketLoggingCommand({ Bucket }), 'no error'],
    ['Versioning', () => new GetBucketVersioningCommand({ Bucket }), 'no error'],
  ] as const)('%s that isn’t there', async (_, command, expected) => {
    await create();
    await unblock();
    await client.send(new DeleteBucketOwnershipControlsCommand({ Bucket }));
    const { send } = client as { readonly send: (this: S3Client, command: unknown) => Promise<unknown> };
    expect(await nameOf(send.call(client, command()))).toBe(expected);
  });

  test('a bucket that isn’t there', async () => {
    const missing = { Bucket: 'no-such-bucket' };
    expect(await nameOf(client.send(new GetPublicAccessBlockCommand(missing)))).toBe('NoSuchBucket');
    expect(await nameOf(client.send(new GetBucketLoggingCommand(missing)))).toBe('NoSuchBucket');
  });

  test('stored configurations come back', async () => {
    await create();
    await client.send(
      new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration: { IndexDocument: { Suffix: 'index.html' } } }),
    );
    await client.send(
      new PutBucketCorsCommand({
        Bucket,
        CORSConfiguration: { CORSRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'] }] },
      }),
    );
    await client.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'public', Value: 'yes' }] } }));
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    expect((await client.send(new GetBucketWebsiteCommand({ Bucket }))).IndexDocument?.Suffix).toBe('index.html');
    expect((await client.send(new GetBucketCorsCommand({ Bucket }))).CORSRules?.[0]?.AllowedOrigins).toEqual(['*']);
    expect((await client.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual([
      { Key: 'public', Value: 'yes' },
    ]);
    expect((await client.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
    await client.send(
      new PutBucketLoggingCommand({
        Bucket,
        BucketLoggingStatus: { LoggingEnabled: { TargetBucket: 'logs', TargetPrefix: '' } },
      }),
    );
    expect((await client.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled?.TargetBucket).toBe('logs');
    await client.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: {} }));
    expect((await client.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled).toBeUndefined();
  });
});

describe('what counts as public', () => {
  const allow = (more: object) => policy({ ...publicRead, ...more });
  const under = (operator: string, key: string, value: string | readonly string[]) =>
    allow({ Condition: { [operator]: { [key]: value } } });

  test.each([
    ['everybody', allow({}), true],
    ['every AWS account', allow({ Principal: { AWS: '*' } }), true],
    ['an action that S3 doesn’t know', allow({ Action: 's3:NotASupportedAction' }), true],
    ['everybody but one', allow({ Principal: undefined, NotPrincipal: { AWS: `arn:aws:iam::${home}:root` } }), true],
    ['a deny', allow({ Effect: 'Deny' }), false],
    ['one account', allow({ Principal: { AWS: `arn:aws:iam::${elsewhere}:root` } }), false],
    [
      'a service, as CloudFront by its distribution',
      policy({
        ...publicRead,
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Condition: { StringEquals: { 'AWS:SourceArn': 'arn:aws:cloudfront::1:distribution/E1' } },
      }),
      false,
    ],
    ['an organization', under('StringEquals', 'aws:PrincipalOrgID', 'o-12345'), false],
    ['a network', under('IpAddress', 'aws:SourceIp', ['203.0.113.0/24', '10.0.0.0/8']), false],
    ['a network as wide as /7', under('IpAddress', 'aws:SourceIp', ['203.0.113.0/24', '64.0.0.0/7']), true],
    ['an IPv6 network of /32', under('IpAddress', 'aws:SourceIp', '2001:db8::/32'), false],
    ['an IPv6 network of /31', under('IpAddress', 'aws:SourceIp', '2001:db8::/31'), true],
    ['one VPC', under('StringEquals', 'aws:SourceVpc', 'vpc-91237329'), false],
    ['any VPC', under('StringLike', 'aws:SourceVpc', 'vpc-*'), true],
    ['a policy variable', under('StringEquals', 'aws:userid', '${aws:userid}'), true],
    ['HTTPS', under('Bool', 'aws:SecureTransport', 'true'), true],
    ['a referrer', under('StringLike', 'aws:Referer', 'https://shop.example/'), true],
    ['a negated operator', under('StringNotEquals', 'aws:SourceVpc', 'vpc-91237329'), true],
    ['a key that may be absent', under('StringEqualsIfExists', 'aws:SourceVpc', 'vpc-91237329'), true],
    [
      'the access points of one account',
      under('ArnLike', 's3:DataAccessPointArn', `arn:aws:s3:us-west-2:${home}:accesspoint/*`),
      false,
    ],
    [
      'the access points of all',
      under('ArnLike', 's3:DataAccessPointArn', 'arn:aws:s3:us-west-2:*:accesspoint/*'),
      true,
    ],
  ])('%s', (_, document, expected) => {
    expect(isPublicPolicy(document)).toBe(expected);
  });

  test('one public statement makes the whole policy public', () => {
    const named = { ...publicRead, Principal: { AWS: elsewhere } };
    expect(isPublicPolicy(policy(named))).toBe(false);
    expect(isPublicPolicy(policy(named, publicRead))).toBe(true);
  });

  test('access points are judged by their network, and more strictly', () => {
    const byAccessPoint = under('ArnLike', 's3:DataAccessPointArn', `arn:aws:s3:us-west-2:${home}:accesspoint/*`);
    expect(isPublicPolicy(byAccessPoint, 'internet-access-point')).toBe(true);
    expect(isPublicPolicy(allow({}), 'internet-access-point')).toBe(true);
    expect(isPublicPolicy(allow({}), 'vpc-access-point')).toBe(false);
  });
});

describe('policies', () => {
  test('a public policy is refused while BlockPublicPolicy is on, and stays when it comes on later', async () => {
    await create();
    expect(await nameOf(putPolicy(policy(publicRead)))).toBe('AccessDenied');
    await unblock();
    await putPolicy(policy(publicRead));
    expect(canReadAnonymously(world.state, Bucket)).toBe(true);
    await block({ ...open, BlockPublicPolicy: true });
    expect(canReadAnonymously(world.state, Bucket)).toBe(true);
    await block(closed);
    expect(canReadAnonymously(world.state, Bucket)).toBe(false);
    const { PolicyStatus } = await client.send(new GetBucketPolicyStatusCommand({ Bucket }));
    expect(PolicyStatus?.IsPublic).toBe(true);
    expect((await client.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(policy(publicRead));
    await unblock();
    expect(canReadAnonymously(world.state, Bucket)).toBe(true);
  });

  test.each([
    ['no JSON', '{'],
    ['no principal', policy({ ...publicRead, Principal: undefined })],
    ['another bucket’s resource', policy({ ...publicRead, Resource: 'arn:aws:s3:::other/*' })],
    ['an operator that is none', policy({ ...publicRead, Condition: { StringIsh: { 'aws:userid': 'a' } } })],
    ['no effect', policy({ ...publicRead, Effect: undefined })],
  ])('%s is malformed', async (_, document) => {
    await create();
    await unblock();
    expect(await nameOf(putPolicy(document))).toBe('MalformedPolicy');
  });

  test('an explicit deny to everybody holds for us too, by the action that the call needs', async () => {
    await create();
    await putPolicy(
      policy({
        Effect: 'Deny',
        Principal: '*',
        Action: ['s3:GetBucketPublicAccessBlock', 's3:GetEncryption*'],
        Resource: `arn:aws:s3:::${Bucket}`,
      }),
    );
    await expect(client.send(new GetPublicAccessBlockCommand({ Bucket }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('explicit deny in a resource-based policy'),
      $metadata: { httpStatusCode: 403 },
    });
    expect(await nameOf(client.send(new GetBucketEncryptionCommand({ Bucket })))).toBe('AccessDenied');
    expect(await nameOf(block(closed))).toBe('no error');
    expect(await nameOf(client.send(new GetBucketAclCommand({ Bucket })))).toBe('no error');
  });

  test('a deny-all can’t be undone by the account that it shuts out', async () => {
    await create();
    await putPolicy(
      policy({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [`arn:aws:s3:::${Bucket}`, objects] }),
    );
    expect(await nameOf(client.send(new DeleteBucketPolicyCommand({ Bucket })))).toBe('AccessDenied');
    await expect(client.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('RestrictPublicBuckets ends cross-account access of a public policy, the granted one included', async () => {
    await create();
    await client.send(new PutObjectCommand({ Bucket, Key: 'report', Body: 'figures' }));
    await unblock();
    const partner = { ...publicRead, Principal: { AWS: elsewhere } };
    const read = () => nameOf(foreign.send(new GetObjectCommand({ Bucket, Key: 'report' })));
    expect(await read()).toBe('AccessDenied');
    await putPolicy(policy(partner));
    await block({ ...open, RestrictPublicBuckets: true });
    expect(await read()).toBe('no error');
    await putPolicy(policy(partner, publicRead));
    expect(await read()).toBe('AccessDenied');
  });
});

describe('ACLs', () => {
  const acl = (ACL: 'private' | 'public-read' | 'public-read-write' | 'authenticated-read') =>
    client.send(new PutBucketAclCommand({ Bucket, ACL }));

  test('without ACLs nobody can set one, not even the default', async () => {
    await create();
    expect(await nameOf(acl('private'))).toBe('AccessControlListNotSupported');
    expect(await grants()).toEqual([['owner', 'FULL_CONTROL']]);
  });

  test('a public one is refused while BlockPublicAcls is on', async () => {
    await create();
    await own('ObjectWriter');
    expect(await nameOf(acl('public-read'))).toBe('AccessDenied');
    expect(await nameOf(acl('private'))).toBe('no error');
  });

  test('the answer is the effective ACL: ignored grants can’t be seen, and are back afterwards', async () => {
    await create();
    await own('ObjectWriter');
    await unblock();
    await acl('public-read');
    const seen = await grants();
    expect(seen).toEqual([
      ['owner', 'FULL_CONTROL'],
      ['AllUsers', 'READ'],
    ]);
    expect(exposuresOf(world.state, Bucket)).toEqual([{ access: 'read', way: 'bucket ACL' }]);
    await block({ ...open, IgnorePublicAcls: true });
    expect(await grants()).toEqual([['owner', 'FULL_CONTROL']]);
    expect(canReadAnonymously(world.state, Bucket)).toBe(false);
    await unblock();
    expect(await grants()).toEqual(seen);
    expect(canReadAnonymously(world.state, Bucket)).toBe(true);
  });

  test('ACLs are switched off only when they grant nothing to others', async () => {
    await create();
    await own('ObjectWriter');
    await unblock();
    await acl('public-read-write');
    expect(canWriteAnonymously(world.state, Bucket)).toBe(true);
    expect(await nameOf(own('BucketOwnerEnforced'))).toBe('InvalidBucketAclWithObjectOwnership');
    await acl('private');
    expect(await nameOf(own('BucketOwnerEnforced'))).toBe('no error');
  });

  test('what was read can be put back as it was', async () => {
    await create();
    await own('ObjectWriter');
    await unblock();
    await client.send(
      new PutBucketAclCommand({
        Bucket,
        GrantRead: 'uri="http://acs.amazonaws.com/groups/global/AuthenticatedUsers"',
        GrantWrite: 'uri="http://acs.amazonaws.com/groups/s3/LogDelivery"',
      }),
    );
    const before = world.snapshot();
    const { Owner, Grants } = await client.send(new GetBucketAclCommand({ Bucket }));
    expect(canReadAnonymously(world.state, Bucket)).toBe(true);
    await acl('private');
    expect(canReadAnonymously(world.state, Bucket)).toBe(false);
    await client.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy: { Owner, Grants } }));
    expect(world.snapshot()).toEqual(before);
  });

  test('an object may be public by an ACL of its own', async () => {
    await create();
    const put = (ACL: 'public-read' | 'bucket-owner-full-control') =>
      nameOf(client.send(new PutObjectCommand({ Bucket, Key: 'logo.png', Body: 'x', ACL })));
    expect(await put('public-read')).toBe('AccessControlListNotSupported');
    expect(await put('bucket-owner-full-control')).toBe('no error');
    await own('ObjectWriter');
    expect(await put('public-read')).toBe('AccessDenied');
    await unblock();
    expect(await put('public-read')).toBe('no error');
    expect(exposuresOf(world.state, Bucket)).toEqual([{ access: 'read', way: 'ACL of logo.png' }]);
    await own('BucketOwnerEnforced');
    expect(exposuresOf(world.state, Bucket)).toEqual([]);
  });
});

describe('exposure', () => {
  test('a deny that leaves only a VPC keeps the Internet out; one that asks for HTTPS doesn’t', async () => {
    await create();
    await unblock();
    const deny = (condition: object) => ({ ...publicRead, Effect: 'Deny', Condition: condition });
    await putPolicy(policy(publicRead, deny({ StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } })));
    expect(canReadAnonymously(world.state, Bucket)).toBe(false);
    await putPolicy(policy(publicRead, deny({ Bool: { 'aws:SecureTransport': 'false' } })));
    expect(canReadAnonymously(world.state, Bucket)).toBe(true);
  });

  test('reading and writing are told apart', async () => {
    await create();
    await unblock();
    await putPolicy(policy({ ...publicRead, Action: 's3:PutObject', Resource: `arn:aws:s3:::${Bucket}/uploads/*` }));
    expect(exposuresOf(world.state, Bucket)).toEqual([{ access: 'write', way: 'bucket policy' }]);
    expect(canReadAnonymously(world.state, Bucket)).toBe(false);
    expect(canWriteAnonymously(world.state, Bucket)).toBe(true);
  });

  test('the account’s block counts as the bucket’s', async () => {
    await create();
    await unblock();
    await putPolicy(policy(publicRead));
    expect(canReadAnonymously(world.state, Bucket)).toBe(true);
    await control.send(new PutAccountBlockCommand({ AccountId: home, PublicAccessBlockConfiguration: closed }));
    expect(canReadAnonymously(world.state, Bucket)).toBe(false);
    expect(await nameOf(client.send(new GetPublicAccessBlockCommand({ Bucket })))).toBe(
      'NoSuchPublicAccessBlockConfiguration',
    );
    await control.send(new DeleteAccountBlockCommand({ AccountId: home }));
    expect(canReadAnonymously(world.state, Bucket)).toBe(true);
  });
});

describe('the account', () => {
  test('has no block until it is given one, which is its own', async () => {
    // The SDK can't send one command object of S3 Control twice: it adds its middlewares again.
    const get = () => control.send(new GetAccountBlockCommand({ AccountId: home }));
    expect(await nameOf(get())).toBe('NoSuchPublicAccessBlockConfiguration');
    await control.send(
      new PutAccountBlockCommand({ AccountId: home, PublicAccessBlockConfiguration: { BlockPublicAcls: true } }),
    );
    expect((await get()).PublicAccessBlockConfiguration).toEqual({ ...open, BlockPublicAcls: true });
    expect(await nameOf(control.send(new GetAccountBlockCommand({ AccountId: elsewhere })))).toBe('AccessDenied');
  });

  test('can’t change what its organization manages', async () => {
    setOrganizationBlock(world, home, closed);
    const put = () =>
      control.send(new PutAccountBlockCommand({ AccountId: home, PublicAccessBlockConfiguration: open }));
    await expect(put()).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    const { PublicAccessBlockConfiguration } = await control.send(new GetAccountBlockCommand({ AccountId: home }));
    expect(PublicAccessBlockConfiguration).toEqual(closed);
    setOrganizationBlock(world, home, undefined);
    expect(await nameOf(put())).toBe('no error');
  });
});

describe('access points', () => {
  const AccountId = home;
  const arn = `arn:aws:s3:us-east-1:${home}:accesspoint/door`;
  const publicDoor = policy({ ...publicRead, Resource: `${arn}/object/*` });
  const delegation = policy({
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: 's3:*',
    Resource: [`arn:aws:s3:::${Bucket}`, objects],
    Condition: { StringEquals: { 's3:DataAccessPointAccount': home } },
  });
  const door = (more: object = {}) =>
    control.send(new CreateAccessPointCommand({ AccountId, Name: 'door', Bucket, ...more }));
  const putDoorPolicy = (Policy: string) =>
    control.send(new PutAccessPointPolicyCommand({ AccountId, Name: 'door', Policy }));

  test('an access point is described with its block, which is on by default', async () => {
    await create();
    expect(await door()).toMatchObject({ AccessPointArn: arn, Alias: expect.stringMatching(/-s3alias$/) });
    const described = await control.send(new GetAccessPointCommand({ AccountId, Name: 'door' }));
    expect(described).toMatchObject({ Bucket, NetworkOrigin: 'Internet', PublicAccessBlockConfiguration: closed });
    const { AccessPointList } = await control.send(new ListAccessPointsCommand({ AccountId, Bucket }));
    expect(AccessPointList?.map(({ Name }) => Name)).toEqual(['door']);
    expect((await control.send(new ListAccessPointsCommand({ AccountId, Bucket: 'other' }))).AccessPointList).toEqual(
      [],
    );
    expect(await nameOf(control.send(new GetAccessPointCommand({ AccountId, Name: 'none' })))).toBe(
      'NoSuchAccessPoint',
    );
    const noPolicy = new GetAccessPointPolicyCommand({ AccountId, Name: 'door' });
    expect(await nameOf(control.send(noPolicy))).toBe('NoSuchAccessPointPolicy');
  });

  test('its own block and the bucket’s both refuse a public policy', async () => {
    await create();
    await door({ PublicAccessBlockConfiguration: open });
    expect(await nameOf(putDoorPolicy(publicDoor))).toBe('AccessDenied');
    await unblock();
    expect(await nameOf(putDoorPolicy(publicDoor))).toBe('no error');
    const { PolicyStatus } = await control.send(new GetAccessPointPolicyStatusCommand({ AccountId, Name: 'door' }));
    expect(PolicyStatus?.IsPublic).toBe(true);
  });

  test('lets the Internet in where the bucket delegates to it, until the bucket restricts', async () => {
    await create();
    await unblock();
    await door({ PublicAccessBlockConfiguration: open });
    await putDoorPolicy(publicDoor);
    expect(canReadAnonymously(world.state, Bucket)).toBe(false);
    await putPolicy(delegation);
    expect((await client.send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus?.IsPublic).toBe(false);
    expect(exposuresOf(world.state, Bucket)).toEqual([{ access: 'read', way: 'access point door' }]);
    await block(closed);
    expect(exposuresOf(world.state, Bucket)).toEqual([]);
  });

  test('of a VPC is not public', async () => {
    await create();
    await unblock();
    await door({ PublicAccessBlockConfiguration: open, VpcConfiguration: { VpcId: 'vpc-1' } });
    await putDoorPolicy(publicDoor);
    await putPolicy(delegation);
    const { PolicyStatus } = await control.send(new GetAccessPointPolicyStatusCommand({ AccountId, Name: 'door' }));
    expect(PolicyStatus?.IsPublic).toBe(false);
    expect(canReadAnonymously(world.state, Bucket)).toBe(false);
  });

  test('of many Regions are listed with their fixed block', async () => {
    addMultiRegionAccessPoint(world, home, 'everywhere', [{ bucket: Bucket, region: 'us-east-1' }], open);
    const { AccessPoints } = await control.send(new ListMultiRegionAccessPointsCommand({ AccountId }));
    expect(AccessPoints).toMatchObject([
      { Name: 'everywhere', PublicAccessBlock: open, Regions: [{ Bucket, Region: 'us-east-1' }] },
    ]);
  });
});

test('objects are stored, read and listed', async () => {
  await create();
  const Body = new TextEncoder().encode('häßlich');
  await client.send(new PutObjectCommand({ Bucket, Key: 'evidence/1', Body, ContentType: 'text/plain' }));
  const object = await client.send(new GetObjectCommand({ Bucket, Key: 'evidence/1' }));
  expect(object).toMatchObject({ ContentType: 'text/plain', ContentLength: Body.length });
  expect(await object.Body?.transformToString()).toBe('häßlich');
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'evidence/' }));
  expect(Contents?.map(({ Key }) => Key)).toEqual(['evidence/1']);
  const once = new PutObjectCommand({ Bucket, Key: 'evidence/1', Body: 'other', IfNoneMatch: '*' });
  await expect(client.send(once)).rejects.toMatchObject({
    name: 'PreconditionFailed',
    $metadata: { httpStatusCode: 412 },
  });
  expect(await nameOf(client.send(new GetObjectCommand({ Bucket, Key: 'none' })))).toBe('NoSuchKey');
  expect(await nameOf(foreign.send(new GetObjectCommand({ Bucket, Key: 'evidence/1' })))).toBe('AccessDenied');
});
