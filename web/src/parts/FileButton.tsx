// A button that lets files, or a folder, be chosen.
import { useRef } from 'react';
import { Button, type ButtonProps } from './Button.js';

export interface FileButtonProps extends Omit<ButtonProps, 'onPress' | 'onSelect'> {
  /** Media types, as in `accept`; left out: any file. */
  readonly accept?: string;
  readonly multiple?: boolean;
  /** A folder, with all that is in it. */
  readonly folder?: boolean;
  readonly onSelect: (files: readonly File[]) => void;
}

export function FileButton({ accept, multiple, folder = false, onSelect, ...rest }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        multiple={multiple}
        webkitdirectory={folder ? '' : undefined}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // The same files again are a choice too.
          currentTarget.value = '';
          if (files.length > 0) onSelect(files);
        }}
      />
      <Button {...rest} onPress={() => input.current?.click()} />
    </>
  );
}
