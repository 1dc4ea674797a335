// How a resource vanishes: somebody deletes it, with what AWS deletes along with it. Nothing of ours is asked.
import type { Target } from '../../playbooks/language/resource.ts';
import { endsByItself } from './ec2-lifecycle.ts';
import { ec2Slice } from './ec2-state.ts';
import { iamSlice } from './iam-slice.ts';
import { s3Slice } from './s3-slice.ts';
import type { World } from './world.ts';

type Vanishing = Pick<Target, 'account' | 'region' | 'id' | 'detail'>;

/** AWS shows a terminated instance for an hour; its interfaces and volumes go, as each is marked. */
const terminate = (world: World, { account, region, id }: Vanishing): void => {
  const ec2 = ec2Slice(world.requestAt({ account, region }));
  const instance = ec2.instances[id];
  if (!instance) return;
  const settlesAt = world.clock.now().getTime();
  Object.assign(instance, { State: 'shutting-down', settlesAt });
  endsByItself(ec2, settlesAt);
};

/** A long-term key goes alone; a temporary one is as gone as the user or role that it was made for. */
const deleteKey = (world: World, { account, id, detail }: Vanishing): void => {
  const { users, roles } = iamSlice(world.state, account);
  for (const user of Object.values(users)) user.accessKeys = user.accessKeys.filter((key) => key.id !== id);
  if (id.startsWith('AKIA')) return;
  const name = detail.userName ?? '';
  delete users[name];
  delete roles[name];
};

const deleteBucket = (world: World, { account, id }: Vanishing): void => {
  delete s3Slice(world.state, account).buckets[id];
};

const ways: Readonly<Record<string, (world: World, target: Vanishing) => void>> = {
  'AWS::EC2::Instance': terminate,
  'AWS::IAM::AccessKey': deleteKey,
  'AWS::S3::Bucket': deleteBucket,
};

/** @throws where nothing is known of how such a resource vanishes. */
export const vanish = (world: World, type: string, target: Vanishing): void => {
  const way = ways[type];
  if (!way) throw new Error(`Say in gameday/account/vanish.ts how an ${type} vanishes.`);
  way(world, target);
};
