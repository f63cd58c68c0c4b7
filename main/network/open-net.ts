/** Turns a `--net` into a card with its cable plugged in: at the router that stands for this computer, or at a hub. */

import { NetModel } from '../../core/launcher/devices/net/model.ts';
import { cable } from '../../core/launcher/network/cable.ts';
import { createHub, type Hub } from '../../core/launcher/network/hub.ts';
import { createUserNetwork } from '../../core/launcher/network/user-network.ts';
import type { WireEnd } from '../../core/launcher/network/wire.ts';
import type { Arrivals } from '../arrivals.ts';
import type { AttachedDevice } from '../attached-device.ts';
import type { Forward, NetSpec } from './net-option.ts';
import { NodeOutside } from './node-outside.ts';

/** Hubs by name, shared by all machines of the process. */
export type Hubs = Map<string, Hub>;

export interface NetPlace {
  readonly arrivals: Arrivals;
  readonly hubs: Hubs;
  /** Which machine of the process, and which card of that machine: they make the card's address its own. */
  readonly machineIndex: number;
  readonly cardIndex: number;
  readonly report: (sentence: string) => void;
}

/**
 * Opens what a spec asks for. When the promise is kept, every forward listens; it is broken with a UsageError when a
 * port cannot be had, and nothing stays open then.
 */
export async function openNet(spec: NetSpec, place: NetPlace): Promise<AttachedDevice> {
  const mac = spec.mac ?? cardAddress(place.machineIndex, place.cardIndex);
  return spec.to === 'hub' ? openHub(spec.hub, mac, place) : openUser(spec.forwards, mac, place);
}

/** Locally administered, and the same whenever the same machine is started in the same place. */
function cardAddress(machineIndex: number, cardIndex: number): Uint8Array {
  const machine = machineIndex + 1;
  return Uint8Array.of(0x02, 0, 0, machine >> 8, machine & 0xff, cardIndex + 1);
}

/** A slot for a card that is replaced whenever its guest begins again, on a wire that stays. */
class CardSlot {
  private readonly mac: Uint8Array;
  private readonly wire: WireEnd;
  private readonly place: NetPlace;
  private readonly toRouter: boolean;
  private card: NetModel | null = null;

  constructor(mac: Uint8Array, wire: WireEnd, place: NetPlace, toRouter: boolean) {
    this.mac = mac;
    this.wire = wire;
    this.place = place;
    this.toRouter = toRouter;
  }

  renew(): NetModel {
    const { mac, wire, place, toRouter } = this;
    this.card = new NetModel({ mac, wire, report: place.report, toRouter });
    const { onFrame } = wire;
    // Also from a neighbour on the same board: the guest may have gone to sleep before the neighbour's turn.
    wire.onFrame = (frame) => {
      place.arrivals.note();
      onFrame(frame);
    };
    return this.card;
  }

  resume(): void {
    this.card?.resume();
  }
}

function openHub(name: string, mac: Uint8Array, place: NetPlace): AttachedDevice {
  const { hubs } = place;
  const hub = hubs.get(name) ?? createHub();
  hubs.set(name, hub);
  const wire = hub.plug();
  const slot = new CardSlot(mac, wire, place, false);
  return {
    newModel: () => slot.renew(),
    awaitsOutside: false,
    tick: () => slot.resume(),
    close: () => hub.unplug(wire),
  };
}

async function openUser(forwards: readonly Forward[], mac: Uint8Array, place: NetPlace): Promise<AttachedDevice> {
  const { arrivals, report } = place;
  const outside = new NodeOutside(() => arrivals.note());
  const [ours, theirs] = cable();
  const network = createUserNetwork({ outside, wire: ours, forwards, report });
  const close = () => {
    network.close();
    outside.close();
  };
  try {
    await outside.listening();
  } catch (error) {
    close();
    throw error;
  }
  const slot = new CardSlot(mac, theirs, place, true);
  return {
    newModel() {
      network.reset();
      return slot.renew();
    },
    get awaitsOutside() {
      return forwards.length > 0 || network.openConversations > 0;
    },
    tick(boardMs) {
      slot.resume();
      network.tick(boardMs);
    },
    close,
  };
}
