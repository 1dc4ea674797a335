// An organisation, as `npm run synth` synthesizes and lints it beside the deployment that nobody configured.
import { defineConfig } from '../../functions/rails/config.ts';

export default defineConfig({
  responder: '111122223333',
  organization: 'o-a1b2c3d4e5',
  regions: ['eu-central-1', 'us-east-1'],
  homeRegion: 'eu-central-1',
  administrators: ['111122223333'],
  contacts: ['oncall@example.com'],
  guard: { targets: ['ou-ab12-cdef3456'] },
  protected: [
    { ou: 'ou-ab12-cdef3456', tag: 'tier=laboratory', owner: 'research', reason: 'malware', until: '2027-03-31' },
  ],
});
