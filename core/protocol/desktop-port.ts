/**
 * How a page in the desktop window reaches main.  The page says it wishes for a port, the preload script fetches one from
 * main and hands it over; after that the two talk without it.  Names of messages, shared by all three.
 */

/** The only address the desktop window ever shows. */
export const desktopScheme = 'app';
export const desktopOrigin = `${desktopScheme}://astride`;

/** Page to preload, as a window message; preload to main. */
export const portWish = 'astride: wish for a port';
/** Main to preload; preload to page, with the port. */
export const portOffer = 'astride: here is your port';
