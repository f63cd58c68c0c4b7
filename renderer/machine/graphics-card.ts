/**
 * Whether WebGL would be drawn by a graphics card.  Where the processor plays the card, a terminal is drawn five times
 * faster by the page itself (measured with a flood of 10 MB in a headless Chromium), so there WebGL is left alone.
 */

const PLAYED_BY_THE_PROCESSOR = /swiftshader|llvmpipe|softpipe|software|basic render/i;

let known: boolean | null = null;

export function hasGraphicsCard(): boolean {
  known ??= ask();
  return known;
}

function ask(): boolean {
  const context = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (context === null) return false;
  const named = context.getExtension('WEBGL_debug_renderer_info');
  const renderer: unknown = context.getParameter(named?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER);
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return typeof renderer === 'string' && !PLAYED_BY_THE_PROCESSOR.test(renderer);
}
