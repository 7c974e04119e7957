import type { BrowserContext, BrowserType } from 'playwright-core';

export function chromiumPath(): string | undefined;
export function openChromium(
  options?: Parameters<BrowserType['launchPersistentContext']>[1],
): Promise<{ context: BrowserContext; close(): Promise<void> }>;
