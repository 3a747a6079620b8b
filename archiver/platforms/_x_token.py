"""The token that X's syndication end-point wants with an ID.

It is ``(ID / 1e15) * pi`` written in base 36 as JavaScript writes a number, without zeros and
point. Source: vercel/react-tweet and yt-dlp, which agree, read 2026-06; several reports of 2026
say the value is not checked, so this only keeps our questions like everybody's.
"""

from __future__ import annotations

import math

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_RADIX = 36


def syndication_token(status_id: str) -> str:
    """Return the token for a numeric ID."""
    value = float(status_id) / 1e15 * math.pi
    return base36(value).replace("0", "").replace(".", "")


def base36(value: float) -> str:
    """Return a number that is not negative as JavaScript's ``toString(36)`` does.

    As many digits as tell the number from its neighbours. Source: ECMA-262, Number::toString, with
    the digits that V8 chooses where the standard leaves a choice.
    """
    whole, fraction = divmod(value, 1.0)
    digits = _fraction_digits(fraction, max(math.ulp(value) / 2, math.ulp(0.0)))
    text = _whole_digits(int(whole))
    return f"{text}.{''.join(_DIGITS[digit] for digit in digits)}" if digits else text


def _fraction_digits(fraction: float, delta: float) -> list[int]:
    digits: list[int] = []
    while fraction >= delta:
        fraction, delta = fraction * _RADIX, delta * _RADIX
        digit = int(fraction)
        fraction -= digit
        is_last = fraction > 0.5 and fraction + delta > 1
        # No carry: had this digit been the highest one, the digit before would have ended it.
        digits.append(min(digit + is_last, _RADIX - 1))
        if is_last:
            break
    return digits


def _whole_digits(number: int) -> str:
    text = ""
    while number or not text:
        number, digit = divmod(number, _RADIX)
        text = _DIGITS[digit] + text
    return text
