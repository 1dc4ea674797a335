// What EC2 and its neighbours said of an instance before anything was changed.
import { recorded } from '../language/evidence.ts';

export const instanceDescription = recorded('ec2/instance-description');
