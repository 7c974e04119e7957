// A picture that comes with a request.
import { AppError } from '../errors.js';

/** The bytes of base64 text or of a `data:` URL. Throws AppError BAD_USER_INPUT where it is none, BAD_IMAGE where they are too many. */
export function pictureBytes(name: string, base64: string, { maxBytes }: { readonly maxBytes: number }): Uint8Array {
  const text = base64.replace(/^data:[^,]{0,200},/, '').trim();
  if (text === '') throw new AppError('BAD_USER_INPUT', `${name}: base64 is empty`);
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text))
    throw new AppError('BAD_USER_INPUT', `${name}: base64 holds other characters`);
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length > maxBytes) {
    throw new AppError('BAD_IMAGE', `the picture has ${bytes.length} bytes, more than ${maxBytes}`);
  }
  return bytes;
}
