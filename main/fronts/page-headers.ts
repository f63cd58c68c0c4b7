/**
 * What both fronts say about every file they hand to the window.  The page may run our script files and talk to us, and
 * nothing else: no inline script, no frame around it, nothing from elsewhere, no camera.  Being isolated from other origins
 * it may also share memory with a worker.
 */

/**
 * Styles may be inline: xterm and uPlot write `<style>` and `style=` for what they draw. Scripts may not.
 * `sockets`: where the page may open a WebSocket besides its own origin, since not every browser counts that as its own.
 */
export function contentSecurityPolicy(sockets: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    ["connect-src 'self'", ...sockets].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function pageHeaders(sockets?: readonly string[]): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy(sockets),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-cache',
  };
}
