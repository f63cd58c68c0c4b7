/** What the machine is made of. A sample guest brings no initial RAM disk and needs no word about devices. */

import { DisksField } from '../form/disks-field.tsx';
import { NetworksField } from '../form/networks-field.tsx';
import {
  CommandLineField,
  DevicesField,
  InitrdField,
  MemoryField,
  NameField,
  NotesField,
  type SettingsProps,
  SwitchesField,
} from '../form/setting-fields.tsx';

export function MachineStep(props: SettingsProps) {
  const own = props.settings.image.kind === 'file';
  return (
    <div className="form">
      <NameField {...props} />
      <CommandLineField {...props} />
      <MemoryField {...props} />
      {own && <InitrdField {...props} />}
      <DisksField {...props} />
      <NetworksField {...props} />
      {own && <DevicesField {...props} />}
      <SwitchesField {...props} />
      <NotesField {...props} />
    </div>
  );
}
