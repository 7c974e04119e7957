// What the outbox says of each kind of thing.
import { alertMessage } from './alerts/alertMessage.js';
import type { Services } from './context.js';
import { deliveryAt } from './db/deliver/deliveryRow.js';
import type { MessageOf } from './deliver/message.js';
import { testMessage } from './deliver/testMessage.js';
import { reportMessage } from './reports/reportMessage.js';

/** Makes messages from the rows of this process's database. */
export function messagesFrom({
  db: { pool },
  media: { store: media },
  publicUrl,
  log,
  config,
}: Pick<Services, 'db' | 'config' | 'media' | 'publicUrl' | 'log'>): MessageOf {
  return async (subject, options = {}) => {
    switch (subject.kind) {
      case 'ALERT':
        return alertMessage(subject, options, { pool, config, media, publicUrl: publicUrl(), log });
      case 'REPORT':
        return reportMessage(subject, options, { pool, config, media, publicUrl: publicUrl() });
      case 'TEST':
        return testMessage(subject, { publicUrl: publicUrl(), at: await deliveryAt(pool, subject.id) });
    }
  };
}
