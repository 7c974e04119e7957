// prisma/schema.prisma against prisma/migrations.
import { migrationsToSchema } from '../schemaEngine.js';

export const title = 'prisma/migrations lead to prisma/schema.prisma';

/** The SQL that a new migration would need (`npm run migration -- NAME` writes it). */
export const check = migrationsToSchema;
