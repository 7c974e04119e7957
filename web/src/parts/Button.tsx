// Buttons: the browser's own, which are pressed by pointer, touch, keys and screen readers alike. None sends a form unless it says so.
import type { ButtonHTMLAttributes } from 'react';

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'onClick' | 'disabled'> {
  readonly onPress?: () => void;
  readonly isDisabled?: boolean;
}

export function Button({ onPress, isDisabled = false, type = 'button', ...rest }: ButtonProps) {
  return <button {...rest} type={type} disabled={isDisabled} onClick={onPress && (() => onPress())} />;
}

export interface ToggleButtonProps extends Omit<ButtonProps, 'onPress' | 'onChange'> {
  readonly isSelected: boolean;
  readonly onChange: (selected: boolean) => void;
}

/** One that stays pressed, and is read out as such. */
export function ToggleButton({ isSelected, onChange, ...rest }: ToggleButtonProps) {
  return <Button {...rest} aria-pressed={isSelected} onPress={() => onChange(!isSelected)} />;
}
