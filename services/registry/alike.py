"""When two spellings are one: names and phones as people type them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: the dot between the parts of a Tibetan, Uyghur or Kazakh name, as keyboards have it
_DOTS: Final = dict.fromkeys(map(ord, "•‧∙⋅・･．.·・"), "·")
_NO_DIGITS: Final = re.compile(r"[^0-9]+")


def name_key(name: str) -> str:
    """What a name is compared by: width, case, blanks and kind of dot do not matter. "" if blank."""
    return "".join(unicodedata.normalize("NFKC", name).translate(_DOTS).split()).casefold()


def phone_key(phone: str) -> str:
    """What a phone is compared by: its digits, without the country code of a mobile number."""
    digits = _NO_DIGITS.sub("", unicodedata.normalize("NFKC", phone))
    return digits[-11:] if re.fullmatch(r"(00)?861[0-9]{10}", digits) else digits or phone
