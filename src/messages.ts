// What the outbox says of each kind of thing.
import type { Services } from './context.js';
import { deliveryAt } from './db/deliver/deliveryRow.js';
import type { MessageOf } from './deliver/message.js';
import { testMessage } from './deliver/testMessage.js';

/** Makes messages from the rows of this process's database. */
export function messagesFrom({ db: { pool }, publicUrl }: Pick<Services, 'db' | 'publicUrl'>): MessageOf {
  return async (subject) => {
    switch (subject.kind) {
      case 'ALERT':
      case 'REPORT':
        return null;
      case 'TEST':
        return testMessage(subject, { publicUrl: publicUrl(), at: await deliveryAt(pool, subject.id) });
    }
  };
}
