// What only Node has. The name is put together when it is needed, so that bundlers for browsers do not look for it.
export const inNode = typeof process === 'object' && process.versions?.node !== undefined;

export const nodeModule = (name) => import(/* @vite-ignore */ /* webpackIgnore: true */ `node:${name}`);
