// Whether it is a drawn city that is shown: known before the server was asked anything, so that nothing moves when it answers.
import { createContext } from 'react';

export const IsDemo = createContext(false);
