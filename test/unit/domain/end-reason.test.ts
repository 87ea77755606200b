import { endReason } from '../../../src/domain/end-reason.js';
import type { ConversationEvent } from '../../../src/domain/event.js';
import type { InteractionEndReason } from '../../../src/domain/events/event-table.js';
import { ownEventId } from '../../../src/domain/occurrence-times.js';
import type { StateEvent } from '../../../src/domain/projection.js';
import { agentJoined, agentLeft, queued, START, transferred, updated } from '../../contract/event-log/sample-events.js';

const at = (seconds: number) => ({ occurredAt: START + seconds * 1_000 });

function ended(seconds: number, reason: InteractionEndReason): ConversationEvent<'INTERACTION_ENDED'> {
  return { ...updated(`ended ${seconds}`, 'idle', at(seconds)), type: 'INTERACTION_ENDED', data: { reason, interactionId: 'i1' } };
}

function customerLeft(seconds: number): StateEvent {
  return { ...updated(`customer left ${seconds}`, 'idle', at(seconds)), type: 'CUSTOMER_LEFT', data: {} };
}

describe('the reason of an end', () => {
  const story = [queued('q', at(0)), agentJoined('j', at(5)), agentLeft('l', at(50))];

  it('is the stored one while nothing else is known', () => {
    const end = ended(50, 'AGENT_LEFT');
    expect(endReason(end, [...story, end])).toBe('AGENT_LEFT');
    expect(endReason(ended(50, 'OTHER'), [])).toBe('OTHER');
    expect(endReason(ended(50, 'CUSTOMER_LEFT'), story)).toBe('CUSTOMER_LEFT');
  });

  it('is corrected by a CUSTOMER_LEFT that arrives after INTERACTION_ENDED, however long before the end it happened', () => {
    const end = ended(250, 'AGENT_LEFT');
    expect(endReason(end, [...story, end, customerLeft(49)])).toBe('CUSTOMER_LEFT');
  });

  it('is corrected by an AGENT_LEFT that arrives after an end that only `idle` had shown', () => {
    const end = ended(50, 'OTHER');
    expect(endReason(end, [...story, updated('u', 'idle', at(50)), end])).toBe('AGENT_LEFT');
  });

  it('is not that of an earlier interaction, of a later one, or of a transfer', () => {
    const [first, second] = [ended(50, 'CUSTOMER_LEFT'), ended(90, 'OTHER')];
    const events = [...story, customerLeft(49), first, queued('q2', at(60)), second, customerLeft(95)];
    expect(endReason(second, events)).toBe('OTHER');
    const handedOn = [...story, transferred('t', at(50)), queued('q2', at(51)), ended(90, 'OTHER')];
    expect(endReason(ended(90, 'OTHER'), handedOn)).toBe('OTHER');
  });

  it.each([-3, 0, 3])("goes by the contact centre's clock if ours is %d s ahead and CUSTOMER_LEFT is our own event", (ahead) => {
    const received = (seconds: number) => ({ ...at(seconds), receivedAt: START + (seconds + ahead) * 1_000 });
    const heard = [queued('q', received(0)), agentJoined('j', received(5)), agentLeft('l', received(50))];
    const end = ended(50, 'AGENT_LEFT');
    for (const leftAt of [6, 49]) {
      const ours = new Date(START + (leftAt + ahead) * 1_000);
      const left: StateEvent = { ...customerLeft(leftAt), id: ownEventId('left'), occurredAt: ours, receivedAt: ours };
      expect({ leftAt, reason: endReason(end, [...heard, left]) }).toEqual({ leftAt, reason: 'CUSTOMER_LEFT' });
    }
  });
});
