// Does the configuration still mean what it was written for? That it is valid was checked when it was loaded.
import { type Tools, type Verdict, verdictsOf } from './verdict.ts';

const { well, ill } = verdictsOf('configuration');

const file = 'firebreak.config.ts';

export const checkConfiguration = ({ config, now }: Pick<Tools, 'config' | 'now'>): readonly Verdict[] => {
  const today = now().toISOString().slice(0, 10);
  const over = config.protected.filter(({ until }) => until < today);
  const faults = [
    ...(config.contacts.length === 0
      ? [
          ill(
            `${file}: contacts`,
            'Nobody is named: a deployment tells only whom you subscribe yourself.',
            "Write contacts: ['soc@example.com'].",
          ),
        ]
      : []),
    ...over.map(({ reason, until }) =>
      ill(
        `${file}: protected`,
        `'${reason}' ended on ${until}: what it protected is contained again.`,
        'Take it out, or give it a new end.',
      ),
    ),
  ];
  return faults.length > 0 ? faults : [well(file, 'It is valid, names contacts, and no exemption in it has ended.')];
};
