// The packages are installed below target/servers and not beside these files, so they are looked for there.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const installed = createRequire(`${process.env.OP_MODULES}/`);
const load = (name) => import(pathToFileURL(installed.resolve(name)));

export const jose = await load('jose');
export const { Provider, errors } = await load('oidc-provider');
