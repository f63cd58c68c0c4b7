/**
 * Burns Electron's fuses after the app is packed: what a packaged Astride never needs, nobody shall switch on from outside.
 * CommonJS, because electron-builder loads it so.
 */

const { join } = require('node:path');
const { flipFuses, FuseV1Options, FuseVersion } = require('@electron/fuses');

const programs = {
  linux: ({ executableName }) => executableName,
  darwin: ({ productFilename }) => `${productFilename}.app`,
  mas: ({ productFilename }) => `${productFilename}.app`,
  win32: ({ productFilename }) => `${productFilename}.exe`,
};

/** @param {{ appOutDir: string, electronPlatformName: string, packager: any }} packed as electron-builder tells it */
module.exports = async function setFuses({ appOutDir, electronPlatformName, packager }) {
  const { productFilename } = packager.appInfo;
  const program = programs[electronPlatformName]({ productFilename, executableName: packager.executableName });
  await flipFuses(join(appOutDir, program), {
    version: FuseVersion.V1,
    // The program changed, so a Mac on Apple silicon wants it signed again before it runs at all.
    resetAdHocDarwinSignature: electronPlatformName === 'darwin',
    [FuseV1Options.RunAsNode]: false,
    [FuseV1Options.EnableCookieEncryption]: true,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: false,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
    [FuseV1Options.OnlyLoadAppFromAsar]: true,
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  });
};
