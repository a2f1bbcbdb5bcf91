/** Models and songs that ship, to browsers that read with them: packed by the build where the packed copy is not older. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './problem.ts';

/** A path below a prefix as it may be looked up; what begins with a dot is nobody's business. */
const isPlain = (name: string): boolean =>
  name !== '' && name.split(/[\\/]/).every((part) => part !== '' && !part.startsWith('.')) && !name.includes('\0');

const changed = (path: string): number =>
  statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;

/**
 * Answers `/models/*` and `/catalogue/*`. A file is looked up when it is asked for, so that a model trained meanwhile is served
 * too, and the page's copies that the build packed (`dist/web/models/NAME.br`) serve only while they are the later.
 *
 * @param root holds models/, dist/models/ and catalogue/. `page`: the built page.
 */
export const addShippedFiles = (app: FastifyInstance, root: string, page: string): void => {
  const folders = {
    models: [join(root, 'models'), join(root, 'dist', 'models')],
    catalogue: [join(root, 'catalogue')],
  };
  for (const [prefix, paths] of Object.entries(folders))
    app.get(`/${prefix}/*`, (request: FastifyRequest, reply: FastifyReply) => {
      const { '*': name } = request.params as { '*': string };
      const folder = isPlain(name) ? paths.find((path) => existsSync(join(path, name))) : undefined;
      if (folder === undefined)
        return sendProblem(reply, 404, 'server/not-found', `There is nothing at GET /${prefix}/${name.slice(0, 200)}.`);
      const packed = join(page, prefix, name);
      // Both copies tell caches that the answer depends on what the browser takes.
      return changed(`${packed}.br`) >= changed(join(folder, name)) && existsSync(packed)
        ? reply.sendFile(`${prefix}/${name}`, page)
        : reply.sendFile(name, folder);
    });
};
