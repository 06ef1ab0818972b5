/** What the operating system's error codes mean to a person. */
const MEANING: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EEXIST: 'already exists',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'is a folder, expected a file',
  ENOTDIR: 'a part of the path is a file, expected a folder',
  EINVAL: 'is not a regular file',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than the file system or limit allows',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
};

/** `PATH: meaning`, from an error of node:fs. */
export function describeFileError(path: string, cause: unknown): string {
  const { code, message } = cause as { code?: string; message?: string };
  return `${path}: ${(code && MEANING[code]) || message || String(cause)}`;
}

export function isFileError(cause: unknown): cause is NodeJS.ErrnoException {
  return cause instanceof Error && typeof (cause as NodeJS.ErrnoException).code === 'string';
}
